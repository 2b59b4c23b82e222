// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.abi.KvmDirtyGfnLayout;
import io.microlith.kvm.abi.KvmEnableCapLayout;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmIrqchipLayout;
import io.microlith.kvm.abi.KvmPitConfigLayout;
import io.microlith.vmm.HypervisorVm;
import io.microlith.vmm.WriteLog;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.MsiRoute;
import io.microlith.vmm.event.MsiVector;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A VM of KVM. Any thread may use it.
 *
 * <p>What the host's KVM lacks is done in another way where there is one; a method that changes nothing then says so in
 * its result. {@link #extension} tells what there is.
 */
public final class KvmVm implements HypervisorVm {
    /** 64 KiB for each vCPU: a ring that is full costs an exit. */
    private static final int RING_ENTRIES = 4096;

    private final String id;
    private final KvmHost host;
    private final Map<KvmCap, Integer> extensions = new ConcurrentHashMap<>();
    private final KvmFile file;
    private final KvmSlots slots;
    private final KvmDirtyTracking dirty;
    private final KvmFallbacks fallbacks = new KvmFallbacks();
    private final KvmInterruptRelay relay;
    private final KvmRoutes routes;
    private final Map<Integer, KvmInterruptLine.Wire> wires = new ConcurrentHashMap<>();
    private final List<KvmVcpu> vcpus = new CopyOnWriteArrayList<>();

    /** What drains of the one ring of collected writes, seen from several vCPUs, exclude each other by. */
    private final Object coalescedLock = new Object();

    private volatile @Nullable GuestMemory memory;

    KvmVm(String id, KvmHost host, KvmFile file) {
        this.id = id;
        this.host = host;
        this.file = file;
        slots = new KvmSlots(file);
        dirty = new KvmDirtyTracking(file, slots);
        relay = new KvmInterruptRelay(id);
        routes = new KvmRoutes(file, extension(KvmCap.KVM_CAP_IRQ_ROUTING));
    }

    @Override
    public String id() {
        return id;
    }

    /** The value of a capability for this VM, 0 if it is missing: what KVM says when it is asked for the first time. */
    public int extension(KvmCap capability) {
        return extensions.computeIfAbsent(capability, asked -> host.extension(file, asked));
    }

    private boolean has(KvmCap capability) {
        return extension(capability) > 0;
    }

    /**
     * Switches a capability on.
     *
     * @param args what the capability takes, up to four numbers
     * @throws KvmException if the host does not have it, or it is too late for it
     */
    public void enable(KvmCap capability, long... args) {
        KvmEnableCap.enable(file, capability, args);
    }

    // Memory.

    /**
     * Says where KVM may put three pages that it needs for a guest in real mode on Intel hosts. Before the first vCPU.
     *
     * @param gpa an address below 4 GiB without RAM
     */
    public void setTssAddress(long gpa) {
        file.call(KvmIoctl.KVM_SET_TSS_ADDR, gpa, "gpa=" + hex(gpa));
    }

    /**
     * Says where KVM may put a page table that it needs for a guest without paging on Intel hosts. Before the first
     * vCPU.
     *
     * @param gpa an address below 4 GiB without RAM
     */
    public void setIdentityMapAddress(long gpa) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocateFrom(JAVA_LONG, gpa);
            file.call(KvmIoctl.KVM_SET_IDENTITY_MAP_ADDR, address, () -> "gpa=" + hex(gpa));
        }
    }

    @Override
    public void attachMemory(GuestMemory guestMemory) {
        if (memory != null) {
            throw new IllegalStateException("VM " + id + " has memory already");
        }
        for (GuestRegion region : guestMemory.regions()) {
            var _ = slots.add(region, Set.of());
        }
        memory = guestMemory;
    }

    @Override
    public Optional<WriteLog> trackWrites(WriteTracking how) {
        GuestMemory attached = memory;
        if (attached == null || !vcpus.isEmpty()) {
            throw new IllegalStateException("writes are tracked from after memory is attached, and before vCPUs are");
        }
        if (how == WriteTracking.NONE) {
            throw new IllegalArgumentException("that tracks nothing");
        }
        if (how == WriteTracking.RING && enableDirtyRings(RING_ENTRIES)) {
            dirty.drainWhenFull();
        }
        slots.all().forEach(slot -> slot.changeModes(EnumSet.of(SlotMode.LOG_DIRTY)));
        return Optional.of(new KvmWriteLog(dirty, attached));
    }

    /**
     * Shows the guest more memory, beside what {@link #attachMemory} gave it. The memory outlives the slot.
     *
     * @throws KvmException if it overlaps other memory, is not made of whole pages, there are too many slots, or the
     *     host does not have a mode
     */
    public KvmMemorySlot addMemory(GuestRegion region, SlotMode... modes) {
        Set<SlotMode> set = EnumSet.noneOf(SlotMode.class);
        set.addAll(Arrays.asList(modes));
        return slots.add(region, set);
    }

    @Override
    public Registration mapMemory(GuestRegion region) {
        return addMemory(region);
    }

    /**
     * Shows the guest memory that it cannot write; a write is an exit. On a host without that capability the guest
     * reads it by exits that the vCPU's caller does not see, and cannot execute from it.
     *
     * @return to be closed before the memory goes
     */
    @Override
    public Registration mapReadOnlyMemory(GuestRegion region) {
        return has(KvmCap.KVM_CAP_READONLY_MEM)
                ? slots.add(region, EnumSet.of(SlotMode.READ_ONLY))
                : fallbacks.readOnly(region);
    }

    /** The memory slots, those of {@link #attachMemory} first. */
    public List<KvmMemorySlot> memorySlots() {
        return slots.all();
    }

    /**
     * Has {@link KvmMemorySlot#dirtyPages} leave the log as it is, until {@link KvmMemorySlot#clearDirty}. All pages of
     * a slot are dirty when its log is switched on.
     *
     * @return whether the host can do that; else a look at the log clears it
     */
    public boolean enableManualDirtyLog() {
        int wanted =
                (int) (KvmEnableCapLayout.DIRTY_LOG_MANUAL_PROTECT_ENABLE | KvmEnableCapLayout.DIRTY_LOG_INITIALLY_SET);
        int flags = extension(KvmCap.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2) & wanted;
        if (flags != wanted) {
            return false;
        }
        enable(KvmCap.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, flags);
        return true;
    }

    /**
     * Has every vCPU note the pages it writes in a ring of its own, which costs less than a log of all memory where few
     * pages are written. Before the first vCPU.
     *
     * @param entries pages in a ring, a power of two and at least 256; it is full a little earlier, which is an exit of
     *     the kind {@link io.microlith.vmm.ExitReason#DIRTY_RING_FULL}: then call {@link #collectDirtyPages}
     * @return whether the host can do that; else the slots' logs are used
     */
    public boolean enableDirtyRings(int entries) {
        long size = entries * KvmDirtyGfnLayout.SIZE;
        for (KvmCap ring : List.of(KvmCap.KVM_CAP_DIRTY_LOG_RING_ACQ_REL, KvmCap.KVM_CAP_DIRTY_LOG_RING)) {
            if (extension(ring) >= size) {
                dirty.enableRings(ring, Math.toIntExact(size));
                return true;
            }
        }
        return false;
    }

    /**
     * The pages written since the last call, for each slot with {@link SlotMode#LOG_DIRTY}: one bit a page. From rings
     * or logs, whichever is on. What vCPUs write during the call comes with this one or the next.
     */
    public Map<KvmMemorySlot, BitSet> collectDirtyPages() {
        return dirty.collect();
    }

    // Processors.

    @Override
    public KvmVcpu createVcpu(int index) {
        KvmFile vcpu = file.create(KvmIoctl.KVM_CREATE_VCPU, index, "vm=" + id + " vcpu=" + index);
        try {
            KvmVcpu made = new KvmVcpu(index, vcpu, this);
            vcpus.add(made);
            return made;
        } catch (RuntimeException e) {
            vcpu.close();
            throw e;
        }
    }

    /** The vCPUs made so far, by index. Their statistics are for any thread. */
    public List<KvmVcpu> vcpus() {
        return vcpus.stream().sorted(Comparator.comparingInt(KvmVcpu::index)).toList();
    }

    KvmHost host() {
        return host;
    }

    KvmFallbacks fallbacks() {
        return fallbacks;
    }

    KvmDirtyTracking dirtyTracking() {
        return dirty;
    }

    Object coalescedLock() {
        return coalescedLock;
    }

    @Nullable
    GuestMemory memory() {
        return memory;
    }

    /**
     * Lets instructions run without leaving the guest. Before the first vCPU.
     *
     * @param instructions bits of {@link KvmDisabledExits}; those the host does not have are left out
     * @return the bits that are in effect
     */
    public int disableExits(int instructions) {
        int possible = extension(KvmCap.KVM_CAP_X86_DISABLE_EXITS) & instructions;
        if (possible != 0) {
            enable(KvmCap.KVM_CAP_X86_DISABLE_EXITS, possible);
        }
        return possible;
    }

    /**
     * Bounds how long a halted vCPU spins before its thread sleeps: longer wakes faster, and costs processor time.
     *
     * @return whether the host can do that for one VM; else its own bound holds
     */
    public boolean limitHaltPolling(Duration most) {
        if (!has(KvmCap.KVM_CAP_HALT_POLL)) {
            return false;
        }
        enable(KvmCap.KVM_CAP_HALT_POLL, most.toNanos());
        return true;
    }

    /**
     * Sets the frequency of the TSC that vCPUs made after this have.
     *
     * @return whether the host can do that; else they have the host's
     */
    public boolean setTscKhz(int khz) {
        if (!has(KvmCap.KVM_CAP_VM_TSC_CONTROL)) {
            return false;
        }
        file.call(KvmIoctl.KVM_SET_TSC_KHZ, khz, "khz=" + khz);
        return true;
    }

    // Interrupts.

    /**
     * Puts the interrupt controllers into the kernel: two 8259As, an I/O APIC, and a local APIC in every vCPU made
     * after this. Before the first vCPU.
     */
    public void createIrqchip() {
        file.call(KvmIoctl.KVM_CREATE_IRQCHIP, 0, "vm=" + id);
        routes.useIrqchip();
    }

    /**
     * Puts a local APIC into every vCPU made after this, and no other interrupt controller into the kernel. The
     * embedder has its own I/O APIC, which sends messages, and is told of their end by
     * {@link io.microlith.vmm.ExitReason#END_OF_INTERRUPT}. Before the first vCPU.
     *
     * @param pins the inputs of that I/O APIC: the first numbers of interrupts, which {@link #setRoutes} gives messages
     * @throws HypervisorException if the host cannot do that; {@link #createIrqchip} works there
     */
    public void createSplitIrqchip(int pins) {
        require(KvmCap.KVM_CAP_SPLIT_IRQCHIP, "use the whole interrupt controller in the kernel");
        enable(KvmCap.KVM_CAP_SPLIT_IRQCHIP, pins);
        routes.reserve(pins);
    }

    /** Puts the timer chip into the kernel, with its speaker port 0x61. After {@link #createIrqchip}. */
    public void createPit() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(KvmPitConfigLayout.SIZE, Integer.BYTES);
            config.set(JAVA_INT, KvmPitConfigLayout.FLAGS, KvmPitConfigLayout.FLAG_SPEAKER_DUMMY);
            file.call(KvmIoctl.KVM_CREATE_PIT2, config, () -> "vm=" + id);
        }
    }

    /**
     * Replaces all routes but those of {@link #msiRoute}, whose numbers are refused here. A number may have one pin in
     * each controller, or one message.
     *
     * @throws IllegalArgumentException if a number belongs to a message-signalled interrupt
     */
    public void setRoutes(List<IrqRoute> newRoutes) {
        routes.set(newRoutes);
    }

    @Override
    public InterruptLine interruptLine(int gsi) {
        return new KvmInterruptLine(file, gsi, wires.computeIfAbsent(gsi, _ -> new KvmInterruptLine.Wire()));
    }

    @Override
    public MsiVector msiVector(long address, int data) {
        return new KvmMsiVector(file, address, data);
    }

    /**
     * {@inheritDoc} It has an interrupt number from 24 on. On a host without irqfds or routes, a thread that waits for
     * the notifiers of the VM sends the messages.
     */
    @Override
    public MsiRoute msiRoute() {
        Notifier notifier = Notifier.create();
        try {
            boolean inKernel = has(KvmCap.KVM_CAP_IRQFD) && has(KvmCap.KVM_CAP_IRQ_ROUTING);
            return new KvmMsiRoute(
                    notifier, inKernel ? new KvmIrqfdWiring(file, routes) : new KvmRelayWiring(file, relay));
        } catch (RuntimeException e) {
            notifier.close();
            throw e;
        }
    }

    // Events.

    /** {@inheritDoc} On a host without that capability, by an exit that the vCPU's caller does not see. */
    @Override
    public Registration bind(IoEvent event, Notifier notifier) {
        return has(KvmCap.KVM_CAP_IOEVENTFD)
                ? KvmEventBindings.ioeventfd(file, event, notifier)
                : fallbacks.ring(event, notifier);
    }

    /** {@inheritDoc} On a host without that capability, by a thread that waits for the notifiers of the VM. */
    @Override
    public Registration bind(int gsi, Notifier notifier) {
        return has(KvmCap.KVM_CAP_IRQFD)
                ? KvmEventBindings.irqfd(file, gsi, notifier)
                : relay.bind(interruptLine(gsi)::trigger, notifier);
    }

    /**
     * Raises a level-triggered input when a notifier is rung. When the guest has served it, KVM lowers the input and
     * rings {@code resample}: a device that still wants attention then rings {@code notifier} again.
     *
     * @throws HypervisorException if the host cannot do that; the input's line works there
     */
    public Registration bindLevel(int gsi, Notifier notifier, Notifier resample) {
        require(KvmCap.KVM_CAP_IRQFD_RESAMPLE, "use the interrupt's line");
        return KvmEventBindings.irqfdWithResample(file, gsi, notifier, resample);
    }

    /**
     * Collects the guest's writes to a range in a ring, until another exit or until {@link KvmVcpu#drainCoalesced}: for
     * registers where only the sequence of values matters. Reads, and writes while the ring is full, are exits as ever.
     *
     * @return to be closed to have each write leave the guest again. On a host that cannot collect, it always does
     */
    public Registration coalesce(IoEvent.Space space, AddressRange range) {
        KvmCap needed = space == IoEvent.Space.PIO ? KvmCap.KVM_CAP_COALESCED_PIO : KvmCap.KVM_CAP_COALESCED_MMIO;
        return has(needed) ? KvmEventBindings.coalescedZone(file, space, range) : () -> {};
    }

    private void require(KvmCap capability, String otherwise) {
        if (!has(capability)) {
            throw new HypervisorException("this host's KVM lacks " + capability + ": " + otherwise);
        }
    }

    // State.

    /** Reads a part of the VM's state. While no vCPU runs. */
    public byte[] get(VmBlock block) {
        return KvmBlocks.get(file, block.getRequest(), block.size(), block.chip());
    }

    /**
     * Puts a part of the VM's state back. While no vCPU runs.
     *
     * @throws IllegalArgumentException if it is not what {@link #get} gives for that part
     * @throws KvmException if KVM finds something wrong in it
     */
    public void set(VmBlock block, byte[] state) {
        // The struct itself says which chip it is.
        boolean chipState = block != VmBlock.PIT;
        if (chipState && (state.length != block.size() || state[(int) KvmIrqchipLayout.CHIP_ID] != block.chip())) {
            throw new IllegalArgumentException("this is no state of " + block);
        }
        KvmBlocks.set(file, block.setRequest(), state, block.size());
    }

    /** The paravirtual clock, now. */
    public KvmClock clock() {
        return KvmClock.read(file);
    }

    /** Sets the paravirtual clock, in nanoseconds since the VM was made. */
    public void setClock(long nanos) {
        KvmClock.set(file, nanos);
    }

    /** The VM's counters, or nothing on a host that does not give them out. To be closed. */
    public Optional<KvmStatistics> statistics() {
        return statistics(file);
    }

    Optional<KvmStatistics> statistics(KvmFile vmOrVcpu) {
        return has(KvmCap.KVM_CAP_BINARY_STATS_FD)
                ? Optional.of(new KvmStatistics(vmOrVcpu.create(KvmIoctl.KVM_GET_STATS_FD, 0, "vm=" + id)))
                : Optional.empty();
    }

    @Override
    public void close() {
        relay.close();
        file.close();
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    @Override
    public String toString() {
        return "KVM VM " + id;
    }
}
