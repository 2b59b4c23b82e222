// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.Capability;
import io.microlith.vmm.HypervisorVm;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.WriteLog;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.event.MsiVector;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A VM of a {@link FakeHypervisor}: its memory, its vCPUs, and interrupt lines that remember. Any thread. */
public final class FakeHypervisorVm implements HypervisorVm {
    private final String id;
    private final FakeHypervisor hypervisor;
    private final List<FakeVcpu> vcpus = new CopyOnWriteArrayList<>();
    private final Map<Integer, RecordingInterruptLine> lines = new ConcurrentHashMap<>();
    private final Map<IoEvent, Notifier> ioEvents = new ConcurrentHashMap<>();
    private final Map<Integer, Notifier> interruptEvents = new ConcurrentHashMap<>();
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<RecordingMsiRoute> msiRoutes = new CopyOnWriteArrayList<>();
    private final List<GuestRegion> mapped = new CopyOnWriteArrayList<>();
    private final BitSet written = new BitSet();
    private volatile @Nullable GuestMemory memory;
    private volatile boolean closed;

    FakeHypervisorVm(String id, FakeHypervisor hypervisor) {
        this.id = id;
        this.hypervisor = hypervisor;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void attachMemory(GuestMemory attached) {
        violations().require(memory == null, "attachMemory twice");
        memory = attached;
    }

    @Override
    public Optional<WriteLog> trackWrites(WriteTracking how) {
        violations().require(memory != null && vcpus.isEmpty(), "trackWrites before the first vCPU, with memory");
        Capability needed = how == WriteTracking.RING ? Capability.DIRTY_RING : Capability.DIRTY_LOG;
        return hypervisor.supports(needed) ? Optional.of(this::takeWritten) : Optional.empty();
    }

    private BitSet takeWritten() {
        synchronized (written) {
            BitSet taken = (BitSet) written.clone();
            written.clear();
            return taken;
        }
    }

    /** The guest writes a page of its RAM, as far as a log of that is concerned. */
    public void guestWrites(int page) {
        synchronized (written) {
            written.set(page);
        }
    }

    @Override
    public Vcpu createVcpu(int index) {
        hypervisor.mayFail("createVcpu " + index);
        FakeVcpu vcpu = new FakeVcpu(index, violations());
        vcpus.add(vcpu);
        return vcpu;
    }

    @Override
    public RecordingInterruptLine interruptLine(int gsi) {
        return lines.computeIfAbsent(gsi, _ -> new RecordingInterruptLine());
    }

    @Override
    public MsiVector msiVector(long address, int data) {
        return () -> messages.add("0x" + Long.toHexString(address) + ":0x" + Integer.toHexString(data));
    }

    @Override
    public RecordingMsiRoute msiRoute() {
        RecordingMsiRoute route = new RecordingMsiRoute();
        msiRoutes.add(route);
        return route;
    }

    @Override
    public Registration mapMemory(GuestRegion region) {
        mapped.add(region);
        return () -> mapped.remove(region);
    }

    @Override
    public Registration mapReadOnlyMemory(GuestRegion region) {
        return mapMemory(region);
    }

    @Override
    public Registration bind(IoEvent event, Notifier notifier) {
        require(Capability.IO_EVENT);
        ioEvents.put(event, notifier);
        return () -> ioEvents.remove(event, notifier);
    }

    @Override
    public Registration bind(int gsi, Notifier notifier) {
        require(Capability.INTERRUPT_EVENT);
        interruptEvents.put(gsi, notifier);
        return () -> interruptEvents.remove(gsi, notifier);
    }

    private void require(Capability capability) {
        if (!hypervisor.supports(capability)) {
            throw new HypervisorException("the fake hypervisor was made without " + capability);
        }
    }

    /** The vCPUs made so far, by index. */
    public List<FakeVcpu> vcpus() {
        return vcpus.stream().sorted(Comparator.comparingInt(FakeVcpu::index)).toList();
    }

    /** One vCPU. */
    public FakeVcpu vcpu(int index) {
        return vcpus().get(index);
    }

    /** The notifiers bound to guest writes now. */
    public Map<IoEvent, Notifier> ioEvents() {
        return Map.copyOf(ioEvents);
    }

    /** The notifiers bound to interrupt inputs now. */
    public Map<Integer, Notifier> interruptEvents() {
        return Map.copyOf(interruptEvents);
    }

    /** The messages signalled so far, as {@code address:data} in hexadecimal. */
    public List<String> messages() {
        return List.copyOf(messages);
    }

    /** The message-signalled interrupts whose message changes, in the order they were made. */
    public List<RecordingMsiRoute> msiRoutes() {
        return List.copyOf(msiRoutes);
    }

    /** The memory the guest sees beside its RAM now. */
    public List<GuestRegion> mappedMemory() {
        return List.copyOf(mapped);
    }

    /** Whether the VM was closed. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        violations().require(vcpus.stream().allMatch(FakeVcpu::isClosed), "a VM was closed before its vCPUs");
        GuestMemory attached = memory;
        if (attached != null) {
            violations()
                    .require(
                            attached.regions().stream()
                                    .allMatch(region -> region.segment().scope().isAlive()),
                            "a VM's memory was unmapped before the VM was closed");
        }
        violations()
                .require(
                        msiRoutes.stream().allMatch(RecordingMsiRoute::isClosed),
                        "a VM was closed before its message-signalled interrupts");
        closed = true;
    }

    private Violations violations() {
        return hypervisor.violationsFound();
    }
}
