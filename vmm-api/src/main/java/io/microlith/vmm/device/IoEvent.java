// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import io.microlith.vmm.bus.AddressRange;
import java.util.OptionalLong;

/**
 * A guest write that a hypervisor turns into a {@link io.microlith.vmm.event.Notifier} without leaving the kernel.
 *
 * @param space where the address is
 * @param range the address, and the size of the write: 1, 2, 4 or 8 bytes
 * @param match the value that has to be written, or empty for any
 */
public record IoEvent(Space space, AddressRange range, OptionalLong match) {
    /** Refuses a size no guest can write at once. */
    public IoEvent {
        if (range.size() > 8 || Long.bitCount(range.size()) != 1) {
            throw new IllegalArgumentException("a write has 1, 2, 4 or 8 bytes, not " + range.size());
        }
    }

    /** An address space. */
    public enum Space {
        /** Guest-physical memory. */
        MMIO,
        /** I/O ports. */
        PIO
    }

    /** Any write of {@code size} bytes to a guest-physical address. */
    public static IoEvent mmio(long address, int size) {
        return new IoEvent(Space.MMIO, new AddressRange(address, size), OptionalLong.empty());
    }

    /** Any write of {@code size} bytes to a port. */
    public static IoEvent pio(int port, int size) {
        return new IoEvent(Space.PIO, new AddressRange(port, size), OptionalLong.empty());
    }

    /** The same for one value only. */
    public IoEvent matching(long value) {
        return new IoEvent(space, range, OptionalLong.of(value));
    }
}
