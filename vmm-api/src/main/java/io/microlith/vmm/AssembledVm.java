// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.Bus;
import io.microlith.vmm.bus.CowBus;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.VmmException;
import io.microlith.vmm.event.EventLoopThread;
import io.microlith.vmm.event.Uninterruptibly;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MemoryLayer;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.memory.PageNumbers;
import io.microlith.vmm.state.MachineState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machine {@link VmAssembly} puts together: one platform thread a vCPU, one for the event loop. */
final class AssembledVm implements Vm {
    private static final Logger LOG = LoggerFactory.getLogger(AssembledVm.class);

    private final PhaseClock phases = new PhaseClock();
    private final VmAssembly.Parts parts;
    private final VmConfig config;
    private final Bus<MmioDevice> mmio = new CowBus<>("mmio");
    private final Bus<PioDevice> pio = new CowBus<>("pio");

    /** What is closed at the end, last in first out. Guarded by itself once the machine is built. */
    private final ResourceStack resources = new ResourceStack();

    private final FlightRecording recording;
    private final Announcements announcements;
    private final RunControl control;
    private final Conclusions conclusions;
    private final IdentityBearer bearer = new IdentityBearer(this);
    private final MachineMemory memory;
    private final WriteJournal journal;
    private final HypervisorVm hypervisorVm;
    private final EventLoopThread eventLoop;
    private final Platform platform;
    private final VcpuCrew crew;

    /** What opening the machine that was saved took. Changed by who holds the VM. */
    private volatile Duration opened;

    /** Whether devices are paused until the start, as they are when they were restored. For who holds the VM. */
    private boolean devicesWait;

    /** The saved machine that this one is, which was held against the host. For who holds the VM. */
    private @Nullable MachineState admitted;

    private final CompletableFuture<VmOutcome> outcome = new CompletableFuture<>();

    /** Open until the devices of the ended VM have been drained: then they may be closed. */
    private final CountDownLatch drained = new CountDownLatch(1);

    AssembledVm(VmAssembly.Parts parts) {
        this.parts = parts;
        config = parts.config();
        recording = new FlightRecording(config.id(), config.vcpus());
        announcements = new Announcements(config.id(), List.of(recording, parts.listener()));
        control = new RunControl(config.id(), config.vcpus(), new Machine(), announcements);
        conclusions = new Conclusions(config, control, this::responded);
        crew = new VcpuCrew(control);
        boolean restored = parts.restoration().isPresent();
        if (restored) {
            conclusions.restored();
        }
        devicesWait = restored;
        opened = parts.restoration().map(Restoration::opened).orElse(Duration.ZERO);
        admitted = parts.restoration().map(Restoration::state).orElse(null);
        // Given back last, when nothing of the machine is left.
        resources.add(bearer);
        boolean built = false;
        try {
            bearer.begin(parts.identity());
            memory = resources.add(
                    memorySource(parts).map(config.id(), parts.board().ram(config.memory()), config.pages()));
            memory.onFailure(conclusions::memoryFailed);
            phases.end(PhaseClock.Phase.MEMORY);
            hypervisorVm = resources.add(parts.hypervisor().createVm(config.id()));
            hypervisorVm.attachMemory(memory.memory());
            journal = WriteJournal.begin(memory, hypervisorVm, config.tracking());
            journal.restart(parts.restoration().flatMap(Restoration::moment));
            eventLoop = resources.add(new EventLoopThread(config.id() + "-events", conclusions::hostFailed));
            parts.mmio().forEach(handler -> mmio.add(handler.range(), handler.device()));
            parts.pio().forEach(handler -> pio.add(handler.range(), handler.device()));
            platform = resources.add(parts.board().assemble(context(parts)));
            // So devices are closed after the loop's last handler, and before its descriptors are given back.
            resources.add(eventLoop::stop);
            resources.add(crew);
            recruit(parts.hypervisor().vcpuThreads());
            phases.end(PhaseClock.Phase.HYPERVISOR);
            platform.addDevices();
            phases.end(PhaseClock.Phase.DEVICES);
            parts.restoration().ifPresent(saved -> DeviceParts.requireAll(saved.state(), platform.devices()));
            if (restored) {
                // What vCPUs were is put back before interrupt controllers, which have something for them.
                crew.awaitReady();
            }
            // Loads what is to be started, so that a kernel that cannot be is an error of build().
            platform.powerOn();
            crew.awaitReady();
            if (restored) {
                preFault();
            }
            phases.end(PhaseClock.Phase.PROCESSORS);
            bearer.end();
            built = true;
        } finally {
            if (!built) {
                discard();
            }
        }
    }

    /** Where writes are noted, a page that is mapped may count as written. */
    private void preFault() {
        if (config.tracking() == WriteTracking.NONE && parts.hypervisor().supports(Capability.PRE_FAULT)) {
            crew.vcpu(0).preFault(memory.prefetched());
        }
    }

    private static MemorySource memorySource(VmAssembly.Parts parts) {
        return parts.restoration()
                .map(saved -> saved.memory(parts.board().ram(parts.config().memory())))
                .orElse(MemorySource.ZERO);
    }

    private BoardContext context(VmAssembly.Parts parts) {
        return new BoardContext(
                parts.hypervisor(),
                hypervisorVm,
                config,
                journal.watched(),
                mmio,
                pio,
                parts.devices(),
                parts.boot(),
                parts.restoration().map(Restoration::state),
                parts.identity(),
                eventLoop.loop(),
                conclusions);
    }

    /** Has the vCPUs made and readied from now on, by their threads, while the rest of the machine is built. */
    private void recruit(Executor lender) {
        VcpuEvents events = new VcpuReports(config, platform, conclusions, announcements, this::entered);
        for (int i = 0; i < config.vcpus(); i++) {
            crew.recruit(config.id() + "-vcpu" + i, lender, index -> {
                Vcpu vcpu = hypervisorVm.createVcpu(index);
                return VcpuThread.begin(vcpu, mmio.cursor(), pio.cursor(), control, events, recording.counts(index));
            });
        }
    }

    /** Closes what there is of a machine whose building failed, for a reason that is to be seen and not hidden. */
    private void discard() {
        control.abandon();
        try {
            resources.close();
        } catch (VmmException e) {
            LOG.warn("vm={} closing after a failed build failed", config.id(), e);
        }
    }

    @Override
    public VmConfig config() {
        return config;
    }

    @Override
    public VmState state() {
        return control.state();
    }

    @Override
    public GuestMemory memory() {
        return journal.watched();
    }

    @Override
    public Bus<MmioDevice> mmio() {
        return mmio;
    }

    @Override
    public Bus<PioDevice> pio() {
        return pio;
    }

    @Override
    public List<Device> devices() {
        return platform.devices();
    }

    @Override
    public HypervisorVm hypervisorVm() {
        return hypervisorVm;
    }

    @Override
    public VmOutcome run() {
        requireForeignThread("run");
        start();
        try {
            return outcome.get();
        } catch (InterruptedException e) {
            interrupt();
            VmOutcome how = outcome.join();
            Thread.currentThread().interrupt();
            return how;
        } catch (ExecutionException e) {
            throw new AssertionError("an outcome is never exceptional", e);
        }
    }

    @Override
    public VmTimings timings() {
        return phases.timings(opened, memory.workingSet());
    }

    /** A vCPU goes into the guest. On its thread. */
    private void entered() {
        if (phases.enter()) {
            recording.onEntered(timings());
        }
    }

    @Override
    public void responded() {
        if (phases.respond()) {
            memory.responded();
            recording.onResponded(timings());
            announcements.tell(VmListener::onResponded);
        }
    }

    @Override
    public void start() {
        control.start();
    }

    @Override
    public FrozenVm freeze() {
        requireForeignThread("freeze");
        return FrozenMachine.freeze(this, control, platform, crew);
    }

    /** Whether devices are paused until the start. */
    boolean devicesWait() {
        return devicesWait;
    }

    /** What has changed since when. While this is held. */
    WriteJournal journal() {
        return journal;
    }

    /** What memory holds, but for what is excluded. While nobody writes it. */
    MemoryLayer layer() {
        return memory.layer(
                config.id(),
                journal.written(),
                PageNumbers.of(memory.memory().regions()).pages(config.excluded()));
    }

    /**
     * The first step of becoming a machine that was saved: has memory hold what that one's did. While this is held.
     *
     * @throws ConfigException if it cannot become that one; nothing has changed then
     * @throws VmmException if something else fails; this ends with it
     */
    void show(Restoration saved, Optional<CloneIdentity> who) {
        VmAssembly.checkFits(parts, saved, who);
        VmAssembly.checkExcludes(config, saved.config());
        if (!saved.state().equals(admitted)) {
            if (who.isEmpty()) {
                VmAssembly.checkDevices(parts, saved);
            }
            VmAssembly.checkHost(parts, saved);
        }
        bearer.begin(who);
        try (MemoryLayer layer = saved.layer()
                .orElseThrow(() -> new ConfigException(
                        "restore", "the memory of that machine comes in a way that only new machines have"))) {
            if (!memory.show(layer, journal.written())) {
                throw new ConfigException(
                        "pages", config.pages() + " cannot be replaced: give this machine pages of its own, PRIVATE");
            }
            journal.restart(saved.moment());
            opened = saved.opened();
        } catch (ConfigException e) {
            bearer.cancel();
            throw e;
        } catch (RuntimeException | Error e) {
            conclusions.hostFailed(e);
            throw e;
        }
    }

    /** The other steps, in the order in which a machine that is restored is built. If one fails, this ends with it. */
    void rebuild(MachineState saved, Optional<CloneIdentity> who) {
        try {
            platform.become(saved, who);
            DeviceParts.requireAll(saved, platform.devices());
            conclusions.restored();
            devicesWait = !control.wasStarted();
            control.onParked(index -> platform.admit(crew.vcpu(index)));
            platform.powerOn();
            if (control.wasStarted()) {
                control.onParked(index -> platform.powerOn(crew.vcpu(index)));
            }
            admitted = saved;
            bearer.end();
        } catch (RuntimeException | Error e) {
            conclusions.hostFailed(e);
            throw e;
        }
    }

    @Override
    public CompletionStage<VmOutcome> outcome() {
        return outcome.minimalCompletionStage();
    }

    @Override
    public void pause() {
        requireForeignThread("pause");
        control.pause();
    }

    @Override
    public void resume() {
        control.resume();
    }

    @Override
    public void reset() {
        conclusions.resetWanted();
    }

    @Override
    public void stop() {
        requireForeignThread("stop");
        var _ = control.end(new VmOutcome.Stopped(), Announcements.NOTHING);
        control.awaitEnd();
    }

    @Override
    public void interrupt() {
        var _ = control.end(new VmOutcome.Interrupted(), Announcements.NOTHING);
    }

    @Override
    public void close() {
        requireForeignThread("close");
        control.awaitRelease();
        stop();
        synchronized (resources) {
            if (control.state() == VmState.CLOSED) {
                return;
            }
            Uninterruptibly.run(drained::await);
            try {
                resources.close();
            } finally {
                Uninterruptibly.run(crew::awaitLastSteps);
                control.close();
            }
        }
    }

    private void requireForeignThread(String method) {
        if (eventLoop.isCurrentThread() || crew.isCurrentThread()) {
            throw new IllegalStateException(
                    method + " waits for the thread it was called on; devices and listeners use VmControl");
        }
    }

    private final class Machine implements RunControl.Machine {
        @Override
        public void onStart() {
            phases.start();
            if (devicesWait) {
                devicesWait = false;
                platform.devices().forEach(Device::resume);
            }
        }

        @Override
        public void powerOn() {
            platform.powerOn();
        }

        @Override
        public void kick(int vcpu) {
            crew.kick(vcpu);
        }

        @Override
        public void onEnded(VmOutcome how) {
            try {
                Thread.ofPlatform().name(config.id() + "-outcome").start(() -> conclude(how));
            } catch (OutOfMemoryError e) {
                LOG.warn("vm={} the host has no thread to give: devices are not drained", config.id(), e);
                drained.countDown();
                announcements.whenDelivered(() -> outcome.complete(how));
            }
        }
    }

    /**
     * The last act, on a thread of its own: devices may take their time, and what hangs on the outcome may close this
     * VM and so wait for any other thread of it.
     */
    private void conclude(VmOutcome how) {
        try {
            recording.onOutcome(how);
            if (control.wasStarted()) {
                platform.devices().forEach(this::drain);
            }
        } finally {
            drained.countDown();
            CountDownLatch heard = new CountDownLatch(1);
            announcements.whenDelivered(heard::countDown);
            announcements.deliver();
            Uninterruptibly.run(heard::await);
            outcome.complete(how);
        }
    }

    private void drain(Device device) {
        try {
            device.drain();
        } catch (RuntimeException e) {
            LOG.warn("vm={} device={} draining failed", config.id(), device.id(), e);
        }
    }
}
