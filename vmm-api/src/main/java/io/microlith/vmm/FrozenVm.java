// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.state.MachineState;

/**
 * A machine held still: no vCPU runs and no device touches guest memory until this is closed. So its state and its
 * memory are of one moment.
 *
 * <p>{@link Vm#pause}, {@link Vm#resume} and {@link Vm#reset} have their effect when this is closed; {@link Vm#close}
 * waits for that. For one thread, the one that froze the VM.
 */
public interface FrozenVm extends AutoCloseable {
    /** The machine. */
    Vm vm();

    /**
     * All that the machine is, without the content of memory and disks.
     *
     * @throws IllegalStateException if the VM has ended meanwhile, or this is closed
     * @throws io.microlith.vmm.error.VmmException if something cannot be saved: a device that has no state, or the host
     *     fails
     */
    MachineState save();

    /** The guest's RAM. Not to be used once this is closed. */
    default GuestMemory memory() {
        return vm().memory();
    }

    /** Lets the machine go on, as what was done or asked for meanwhile says. Closing twice is once. */
    @Override
    void close();
}
