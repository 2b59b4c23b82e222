// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.linux.NativeThread;
import io.microlith.vmm.bus.Bus;
import io.microlith.vmm.bus.CowBus;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.error.DeviceException;
import io.microlith.vmm.error.VmmException;
import io.microlith.vmm.event.EventLoopThread;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.MappedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machine {@link VmAssembly} puts together: one platform thread a vCPU, one for the event loop. */
final class AssembledVm implements Vm {
    private static final Logger LOG = LoggerFactory.getLogger(AssembledVm.class);

    private final VmConfig config;
    private final VmListener listener;
    private final Bus<MmioDevice> mmio = new CowBus<>("mmio");
    private final Bus<PioDevice> pio = new CowBus<>("pio");

    /** What is closed at the end, last in first out. */
    private final ResourceStack resources = new ResourceStack();

    private final VmControl requests = new Requests();
    private final GuestMemory memory;
    private final HypervisorVm hypervisorVm;
    private final Platform platform;
    private final List<Vcpu> vcpus = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final RunControl control;

    private final AtomicReference<VmState> state = new AtomicReference<>(VmState.CREATED);
    private final AtomicReference<@Nullable VmOutcome> decided = new AtomicReference<>();
    private final CompletableFuture<VmOutcome> outcome = new CompletableFuture<>();
    private final AtomicInteger liveThreads = new AtomicInteger();
    private final AtomicLong unmapped = new AtomicLong();

    AssembledVm(VmAssembly.Parts parts) {
        config = parts.config();
        listener = parts.listener();
        control = new RunControl(config.vcpus(), this::powerOnPlatform, this::kickAll);
        try {
            memory = resources
                    .add(MappedMemory.map(config.id(), parts.board().ram(config.memory()), config.pages()))
                    .memory();
            hypervisorVm = resources.add(parts.hypervisor().createVm(config.id()));
            hypervisorVm.attachMemory(memory);
            EventLoopThread loop = resources.add(new EventLoopThread(config.id() + "-events", this::failed));
            parts.mmio().forEach(mmio::add);
            parts.pio().forEach(pio::add);
            platform = resources.add(parts.board()
                    .assemble(new BoardContext(
                            parts.hypervisor(),
                            hypervisorVm,
                            config,
                            memory,
                            mmio,
                            pio,
                            parts.devices(),
                            parts.boot(),
                            loop.loop(),
                            requests)));
            for (int i = 0; i < config.vcpus(); i++) {
                Vcpu vcpu = resources.add(hypervisorVm.createVcpu(i));
                vcpus.add(vcpu);
                threads.add(thread(vcpu));
            }
            // Loads what is to be started, so that a kernel that cannot be is an error of build().
            platform.powerOn();
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    private Thread thread(Vcpu vcpu) {
        Runnable body = new VcpuThread(vcpu, mmio.cursor(), pio.cursor(), control, new Events());
        return Thread.ofPlatform().name(config.id() + "-vcpu" + vcpu.index()).unstarted(body);
    }

    @Override
    public VmConfig config() {
        return config;
    }

    @Override
    public VmState state() {
        return state.get();
    }

    @Override
    public GuestMemory memory() {
        return memory;
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
        start();
        try {
            return outcome.get();
        } catch (InterruptedException e) {
            interrupt();
            Thread.currentThread().interrupt();
            return outcome.join();
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
    }

    @Override
    public void start() {
        if (!state.compareAndSet(VmState.CREATED, VmState.RUNNING)) {
            throw new IllegalStateException("VM " + config.id() + " was started before");
        }
        tell(() -> listener.onState(VmState.RUNNING));
        liveThreads.set(threads.size());
        synchronized (threads) {
            threads.forEach(Thread::start);
        }
        control.start();
    }

    @Override
    public CompletionStage<VmOutcome> outcome() {
        return outcome.minimalCompletionStage();
    }

    @Override
    public void pause() {
        requireForeignThread("pause");
        if (state.compareAndSet(VmState.RUNNING, VmState.PAUSED)) {
            control.pause();
            if (state.get() == VmState.PAUSED) {
                tell(() -> listener.onState(VmState.PAUSED));
            }
        }
    }

    @Override
    public void resume() {
        if (state.compareAndSet(VmState.PAUSED, VmState.RUNNING)) {
            tell(() -> listener.onState(VmState.RUNNING));
            control.resume();
        }
    }

    @Override
    public void reset() {
        if (state.get() == VmState.RUNNING || state.get() == VmState.PAUSED) {
            tell(listener::onReset);
            control.reset();
        }
    }

    @Override
    public void stop() {
        requireForeignThread("stop");
        end(new VmOutcome.Stopped());
        joinThreads();
    }

    @Override
    public void interrupt() {
        end(new VmOutcome.Interrupted());
    }

    @Override
    public void close() {
        requireForeignThread("close");
        if (state.get() == VmState.CLOSED) {
            return;
        }
        stop();
        if (state.getAndSet(VmState.CLOSED) != VmState.CLOSED) {
            resources.close();
            tell(() -> listener.onState(VmState.CLOSED));
        }
    }

    private void requireForeignThread(String method) {
        if (threads.contains(Thread.currentThread())) {
            throw new IllegalStateException(
                    method + " waits for the thread it was called on; devices and listeners use VmControl");
        }
    }

    /** The first to decide wins; a VM that was never started ends at once. */
    private void end(VmOutcome how) {
        if (decided.compareAndSet(null, how)) {
            control.end();
            if (state.compareAndSet(VmState.CREATED, VmState.ENDED)) {
                complete();
            }
        }
    }

    private void complete() {
        VmOutcome how = Objects.requireNonNull(decided.get());
        // A thread of its own: what hangs on the outcome may close this VM, and so wait for the thread we are on.
        Thread.ofVirtual().name(config.id() + "-outcome").start(() -> {
            joinThreads();
            outcome.complete(how);
        });
    }

    private void joinThreads() {
        synchronized (threads) {
            // Nothing to do: whoever is starting them has done so now, and they can be waited for.
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void kickAll() {
        vcpus.forEach(Vcpu::kick);
    }

    private void powerOnPlatform() {
        try {
            platform.powerOn();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void failed(RuntimeException cause) {
        tell(() -> listener.onHostError(cause));
        VmmException reported =
                cause instanceof VmmException known ? known : new VmmException("host code failed: " + cause, cause);
        LOG.error("vm={} ended by a failure of the host", config.id(), cause);
        end(new VmOutcome.HostError(reported));
    }

    /** Calls the listener. It is the embedder's code: what it throws is its own affair. */
    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.warn("vm={} listener threw", config.id(), e);
        }
    }

    private void guestReset() {
        if (config.onReset() == OnReset.END) {
            tell(listener::onReset);
            end(new VmOutcome.Reset());
        } else {
            reset();
        }
    }

    /** What devices ask for. */
    private final class Requests implements VmControl {
        @Override
        public void shutdown() {
            tell(listener::onShutdown);
            end(new VmOutcome.Shutdown());
        }

        @Override
        public void reset() {
            guestReset();
        }

        @Override
        public void exit(int status) {
            end(new VmOutcome.Exited(status));
        }

        @Override
        public void panicked(String message) {
            tell(() -> listener.onPanic(message));
            end(new VmOutcome.Panicked(message));
        }

        @Override
        public void fail(RuntimeException cause) {
            failed(cause);
        }
    }

    /** What vCPU threads report. */
    private final class Events implements VcpuEvents {
        @Override
        public void onThreadStart(Vcpu vcpu) {
            if (!config.processors().isEmpty()) {
                NativeThread.pin(config.processors().get(vcpu.index()));
            }
            vcpu.bindToThread();
        }

        @Override
        public void onPowerOn(Vcpu vcpu) {
            platform.powerOn(vcpu);
        }

        @Override
        public void onExit(Vcpu vcpu, ExitReason reason) {
            switch (reason) {
                case TRIPLE_FAULT -> end(new VmOutcome.TripleFault(fault(vcpu)));
                case EMULATION_FAILED -> end(new VmOutcome.EmulationFailed(fault(vcpu)));
                case SYSTEM_SHUTDOWN -> requests.shutdown();
                case SYSTEM_RESET -> guestReset();
                case SYSTEM_CRASH -> requests.panicked("the guest reported a crash");
                case HOST_ERROR -> failed(new VmmException(vcpu.fault().reason()));
                default -> end(new VmOutcome.UnhandledExit(fault(vcpu)));
            }
        }

        private VcpuFault fault(Vcpu vcpu) {
            VcpuFault fault = vcpu.fault();
            tell(() -> listener.onVcpuFailed(fault));
            return fault;
        }

        @Override
        public void onUnmapped(String space, VcpuExit exit) {
            long count = unmapped.incrementAndGet();
            if (Long.bitCount(count) == 1) {
                String access = (exit.isWrite() ? "write to " : "read of ") + space + " 0x"
                        + Long.toHexString(exit.address()) + " size " + exit.size();
                tell(() -> listener.onUnmappedAccess(access, count));
            }
        }

        @Override
        public void onFailure(Vcpu vcpu, RuntimeException cause) {
            failed(
                    cause instanceof VmmException
                            ? cause
                            : new DeviceException("vcpu" + vcpu.index(), "device code threw " + cause, cause));
        }

        @Override
        public void onThreadEnd(Vcpu vcpu) {
            if (liveThreads.decrementAndGet() == 0) {
                state.set(VmState.ENDED);
                tell(() -> listener.onState(VmState.ENDED));
                complete();
            }
        }
    }
}
