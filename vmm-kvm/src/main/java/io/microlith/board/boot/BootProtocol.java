// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.BootSource;
import io.microlith.vmm.device.FirmwareNode;

/**
 * A kernel and the way in which it is started. The x86 board starts any of these; an embedder may write another.
 *
 * <p>Implementations are immutable: one object can boot many machines, from any thread.
 */
public interface BootProtocol extends BootSource {
    /**
     * Puts the kernel and what it is told about the machine into guest memory. Called at power-on and again at every
     * reset, when memory is full of what the last run left: it writes all that it relies on, zeros too.
     *
     * @return the state in which the boot processor starts
     * @throws io.microlith.vmm.error.ConfigException if the kernel, or something given with it, cannot be loaded into
     *     this machine; guest memory may have been written by then
     */
    EntryState load(BootContext context);

    /** Whether it tells the kernel of a device itself: the device is then in no firmware table. */
    default boolean describes(FirmwareNode node) {
        return false;
    }
}
