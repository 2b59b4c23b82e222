// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device.pci;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciPlacedDevice;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestRegion;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory behind a BAR: the guest sees it where it puts the BAR, and accesses are no exits. For a
 * {@link io.microlith.vmm.bus.pci.PciBar.Kind#PREFETCHABLE_64} one.
 *
 * <p>If the host cannot map it, say because it is less than a page, accesses are exits and do the same, a byte at a
 * time. Any thread. The memory is the caller's, who keeps it mapped until the VM is closed; it is no part of
 * {@link DeviceContext#memory}, and its contents are in no device's state.
 */
public final class PciBarMemory implements PciPlacedDevice {
    private static final Logger LOG = LoggerFactory.getLogger(PciBarMemory.class);

    private final DeviceContext context;
    private final MemorySegment memory;

    /** Guarded by this, as is the next. */
    private @Nullable Registration mapping;

    private boolean warned;

    /**
     * Puts memory behind a BAR.
     *
     * @param memory native memory as large as the BAR; from a page on and in whole pages, for accesses without exits
     */
    public PciBarMemory(DeviceContext context, MemorySegment memory) {
        this.context = context;
        this.memory = memory;
    }

    @Override
    public synchronized void placed(AddressRange range) {
        try {
            mapping = context.mapMemory(GuestRegion.anonymous(range.base(), memory));
        } catch (HypervisorException e) {
            // The guest moves the BAR as often as it likes: once is enough.
            if (!warned) {
                LOG.warn("device={} accesses to a BAR of memory take exits: {}", context.id(), e.getMessage());
            }
            warned = true;
        }
    }

    @Override
    public synchronized void displaced(AddressRange range) {
        Registration current = mapping;
        mapping = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public long read(long offset, int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << Byte.SIZE | Byte.toUnsignedLong(memory.get(JAVA_BYTE, offset + i));
        }
        return value;
    }

    @Override
    public void write(long offset, int size, long value) {
        for (int i = 0; i < size; i++) {
            memory.set(JAVA_BYTE, offset + i, (byte) (value >> Byte.SIZE * i));
        }
    }
}
