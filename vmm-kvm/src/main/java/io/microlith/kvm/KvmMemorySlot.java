// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmClearDirtyLogLayout;
import io.microlith.kvm.abi.KvmDirtyLogLayout;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmUserspaceMemoryRegionLayout;
import io.microlith.linux.Errno;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;

/**
 * Memory of this process that the guest sees at an address. Any thread may use it.
 *
 * <p>Closing it takes it away from the guest; the memory itself stays with its owner, who may unmap it then. A VM that
 * is closed has let go of its slots by itself.
 */
public final class KvmMemorySlot implements Registration {
    /** The size of a page in bytes: what a bit of a dirty log stands for. */
    public static final int PAGE = 4096;

    private final KvmSlots owner;
    private final KvmFile vm;
    private final int number;
    private final GuestRegion region;
    private Set<SlotMode> modes;
    private boolean open = true;

    KvmMemorySlot(KvmSlots owner, KvmFile vm, int number, GuestRegion region, Set<SlotMode> modes) {
        this.owner = owner;
        this.vm = vm;
        this.number = number;
        this.region = region;
        this.modes = copy(modes);
        set(region.size(), modes);
    }

    /** KVM's number for it. */
    public int number() {
        return number;
    }

    /** The memory and its address. */
    public GuestRegion region() {
        return region;
    }

    /** How it differs from plain RAM. */
    public synchronized Set<SlotMode> modes() {
        return copy(modes);
    }

    /**
     * Switches the dirty log on or off. Whether a slot is read-only stays as it was made.
     *
     * @throws KvmException if {@link SlotMode#READ_ONLY} changes, or the host refuses
     */
    public synchronized void changeModes(Set<SlotMode> newModes) {
        set(region.size(), newModes);
        modes = copy(newModes);
    }

    private static Set<SlotMode> copy(Set<SlotMode> modes) {
        Set<SlotMode> copy = EnumSet.noneOf(SlotMode.class);
        copy.addAll(modes);
        return copy;
    }

    private void set(long size, Set<SlotMode> newModes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment slot = arena.allocate(KvmUserspaceMemoryRegionLayout.SIZE, Long.BYTES);
            slot.set(JAVA_INT, KvmUserspaceMemoryRegionLayout.SLOT, number);
            slot.set(JAVA_INT, KvmUserspaceMemoryRegionLayout.FLAGS, SlotMode.flags(newModes));
            slot.set(JAVA_LONG, KvmUserspaceMemoryRegionLayout.GUEST_PHYS_ADDR, region.gpa());
            slot.set(JAVA_LONG, KvmUserspaceMemoryRegionLayout.MEMORY_SIZE, size);
            // NATIVE: the guest reads and writes the whole segment until the slot or the VM's last descriptor is
            // closed; the memory's owner keeps it mapped until then.
            slot.set(
                    JAVA_LONG,
                    KvmUserspaceMemoryRegionLayout.USERSPACE_ADDR,
                    region.segment().address());
            vm.call(KvmIoctl.KVM_SET_USER_MEMORY_REGION, slot, () -> detail() + " flags=" + newModes);
        }
    }

    /**
     * The pages written since the log was switched on, or since the last call: one bit a page, from the slot's start.
     * With {@link KvmVm#enableManualDirtyLog} they stay in the log until {@link #clearDirty}.
     *
     * @throws KvmException with {@code ENOENT} if the slot has no log
     */
    public BitSet dirtyPages() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bitmap = arena.allocate(bitmapSize(), Long.BYTES);
            MemorySegment log = arena.allocate(KvmDirtyLogLayout.SIZE, Long.BYTES);
            log.set(JAVA_INT, KvmDirtyLogLayout.SLOT, number);
            // NATIVE: KVM fills a bit for each page of the slot, rounded up to 64, during the call only.
            log.set(JAVA_LONG, KvmDirtyLogLayout.DIRTY_BITMAP, bitmap.address());
            vm.call(KvmIoctl.KVM_GET_DIRTY_LOG, log, this::detail);
            return BitSet.valueOf(bitmap.toArray(JAVA_LONG));
        }
    }

    /** Takes pages out of the log, so that the next write to one is noted. Only with a manual log. */
    public void clearDirty(BitSet pages) {
        try (Arena arena = Arena.ofConfined()) {
            long[] words = Arrays.copyOf(pages.toLongArray(), (int) (bitmapSize() / Long.BYTES));
            MemorySegment clear = arena.allocate(KvmClearDirtyLogLayout.SIZE, Long.BYTES);
            clear.set(JAVA_INT, KvmClearDirtyLogLayout.SLOT, number);
            clear.set(JAVA_INT, KvmClearDirtyLogLayout.NUM_PAGES, (int) pages());
            // NATIVE: KVM reads a bit for each page of the slot, rounded up to 64, during the call only.
            clear.set(
                    JAVA_LONG,
                    KvmClearDirtyLogLayout.DIRTY_BITMAP,
                    arena.allocateFrom(JAVA_LONG, words).address());
            vm.call(KvmIoctl.KVM_CLEAR_DIRTY_LOG, clear, this::detail);
        }
    }

    private long pages() {
        return region.size() / PAGE;
    }

    private long bitmapSize() {
        return (pages() + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
    }

    private String detail() {
        return "slot=" + number + " gpa=0x" + Long.toHexString(region.gpa()) + " size=0x"
                + Long.toHexString(region.size());
    }

    @Override
    public synchronized void close() {
        if (!open) {
            return;
        }
        open = false;
        try {
            set(0, Set.of());
        } catch (KvmException e) {
            if (e.errno() != Errno.EBADF) {
                throw e;
            }
        }
        owner.forget(this);
    }

    @Override
    public String toString() {
        return "memory slot " + number + " at " + region.range();
    }
}
