// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.pci.PciPlacedDevice;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Registers of several kinds behind one BAR, and doorbells among them: writes that ring a notifier with no exit to user
 * space, wherever the guest moves the BAR.
 *
 * <p>Addresses are offsets in the BAR. What is outside the regions, or in more than one, reads as all ones and takes no
 * write. Any thread; accesses take no lock of this object.
 */
public final class PciBarRegions implements PciPlacedDevice {
    private final DeviceContext context;
    private final List<BusHandler<MmioDevice>> regions;

    /** Replaced inside the lock, read without it. */
    private volatile List<PciDoorbell> doorbells = List.of();

    /** Where the BAR answers; guarded by this. */
    private @Nullable AddressRange place;

    /**
     * Makes the contents of a BAR.
     *
     * @param context what binds the doorbells
     * @param regions the registers by offset; none overlaps another
     */
    public PciBarRegions(DeviceContext context, List<BusHandler<MmioDevice>> regions) {
        this.context = context;
        this.regions = List.copyOf(regions);
        for (int i = 0; i < regions.size(); i++) {
            for (BusHandler<MmioDevice> other : regions.subList(0, i)) {
                if (regions.get(i).range().overlaps(other.range())) {
                    throw new IllegalArgumentException("the regions " + other.range() + " and "
                            + regions.get(i).range() + " of a BAR overlap");
                }
            }
        }
    }

    /**
     * Rings a notifier whenever the guest makes a write, in place of the registers that are there. If the host cannot
     * do that by itself, the exit does.
     *
     * @param event the write, in memory, by its offset in the BAR
     * @return to be closed before the notifier is
     */
    public synchronized Registration bind(IoEvent event, Notifier notifier) {
        if (event.space() != IoEvent.Space.MMIO) {
            throw new IllegalArgumentException("a doorbell in a BAR of memory is no " + event);
        }
        PciDoorbell doorbell = new PciDoorbell(context, event, notifier);
        List<PciDoorbell> more = new ArrayList<>(doorbells);
        more.add(doorbell);
        doorbells = List.copyOf(more);
        AddressRange now = place;
        if (now != null) {
            doorbell.connect(now.base());
        }
        return () -> remove(doorbell);
    }

    @SuppressWarnings("ReferenceEquality") // the very doorbell, not one like it
    private synchronized void remove(PciDoorbell doorbell) {
        doorbells = doorbells.stream().filter(other -> other != doorbell).toList();
        doorbell.disconnect();
    }

    @Override
    public synchronized void placed(AddressRange range) {
        place = range;
        doorbells.forEach(doorbell -> doorbell.connect(range.base()));
    }

    @Override
    public synchronized void displaced(AddressRange range) {
        place = null;
        doorbells.forEach(PciDoorbell::disconnect);
    }

    @Override
    public long read(long offset, int size) {
        BusHandler<MmioDevice> region = find(offset, size);
        return region == null
                ? -1L >>> Long.SIZE - Byte.SIZE * size
                : region.device().read(offset - region.range().base(), size);
    }

    @Override
    public void write(long offset, int size, long value) {
        List<PciDoorbell> current = doorbells;
        for (int i = 0; i < current.size(); i++) {
            if (current.get(i).isRungBy(offset, size, value)) {
                return;
            }
        }
        BusHandler<MmioDevice> region = find(offset, size);
        if (region != null) {
            region.device().write(offset - region.range().base(), size, value);
        }
    }

    private @Nullable BusHandler<MmioDevice> find(long offset, int size) {
        for (int i = 0; i < regions.size(); i++) {
            BusHandler<MmioDevice> region = regions.get(i);
            if (region.range().contains(offset, size)) {
                return region;
            }
        }
        return null;
    }
}
