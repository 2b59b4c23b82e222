// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import java.util.Optional;
import java.util.function.Supplier;

/** Who has which guest-physical addresses for memory of its own. */
final class PcDeviceMemory {
    private final Supplier<Optional<AddressRange>> place;
    private long taken;

    /**
     * Begins with all of it free.
     *
     * @param place where it can be; asked for when a device wants some, because that takes a look at the processor
     */
    PcDeviceMemory(Supplier<Optional<AddressRange>> place) {
        this.place = place;
    }

    /** Finds addresses that nobody has. */
    AddressRange claim(DeviceId device, long size, long alignment) {
        if (size <= 0 || Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException("size=" + size + " alignment=" + alignment);
        }
        AddressRange all = place.get()
                .orElseThrow(
                        () -> new ConfigException(
                                "memory",
                                device
                                        + " wants memory beside RAM, and there are no addresses for it: give the guest less RAM"));
        long base = (Math.max(taken, all.base()) + alignment - 1) & -alignment;
        if (base < 0 || !all.contains(base, size)) {
            throw new ConfigException(
                    "memory", device + " wants " + Size.bytes(size) + " beside RAM, and there is no room for it");
        }
        taken = base + size;
        return new AddressRange(base, size);
    }
}
