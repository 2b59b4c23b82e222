// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.MemoryLayer;
import io.microlith.vmm.state.MachineState;
import java.util.BitSet;
import java.util.Optional;
import java.util.UUID;

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

    /** The guest's RAM. Not to be used once this is closed. Who only reads it uses {@link GuestMemory#view}. */
    default GuestMemory memory() {
        return vm().memory();
    }

    /**
     * The pages of RAM that may have changed since a moment, counted over all regions.
     *
     * @param moment one that {@link #mark} named, or that of the snapshot which the machine was restored from
     * @return nothing, if all of them may have: nobody took notes since then; else the caller's own
     * @throws IllegalStateException if this is closed
     * @throws io.microlith.vmm.error.VmmException if the host fails
     */
    Optional<BitSet> changedSince(UUID moment);

    /**
     * Names the present moment, when something has been made of what memory holds now. What was noted since an earlier
     * one may be forgotten.
     *
     * @throws IllegalStateException if this is closed
     */
    void mark(UUID moment);

    /**
     * What its memory holds, but for what {@link VmBuilder#excludeFromSnapshots} says, for other machines to stand on;
     * see {@link io.microlith.vmm.memory.MachineMemory#layer}.
     *
     * @return to be closed by the caller
     * @throws IllegalStateException if this is closed
     * @throws io.microlith.vmm.error.VmmException if the host has no memory for what has to be copied
     */
    MemoryLayer layer();

    /**
     * Makes the machine one that was saved: its memory, in place, its vCPUs and interrupt controllers, and its devices,
     * which are closed and made anew, with the configurations they had. When this is closed it goes on from there, or
     * starts there if it was not started.
     *
     * <p>The machine has memory that can be replaced: {@link io.microlith.vmm.memory.PageBacking#PRIVATE}, or that of a
     * machine which was itself restored from such. It has the size, the vCPUs and the devices of the one that was
     * saved.
     *
     * @throws io.microlith.vmm.error.ConfigException if it does not, or this host cannot run that one; nothing has
     *     changed then
     * @throws io.microlith.vmm.error.VmmException if something else fails; the machine ends with it
     * @throws IllegalStateException if the VM has ended meanwhile, or this is closed
     */
    void become(Restoration saved);

    /**
     * The same of a machine that is another one from now on: see {@link VmBuilder#identity}. What the identity has for
     * devices takes the place of the configurations they had.
     *
     * @throws io.microlith.vmm.error.ConfigException as there, and if something of the identity is missing
     */
    void become(Restoration saved, CloneIdentity who);

    /** Lets the machine go on, as what was done or asked for meanwhile says. Closing twice is once. */
    @Override
    void close();
}
