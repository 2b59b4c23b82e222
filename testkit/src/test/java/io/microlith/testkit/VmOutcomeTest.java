// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.ExitReason;
import io.microlith.vmm.OnReset;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.error.DeviceException;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.memory.Size;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way a VM ends, and what the listener hears of it. */
class VmOutcomeTest {
    private static final FakeExit WRITE = FakeExit.out(ControlPort.PORT, 1, 0);

    private final FakeHypervisor hypervisor = FakeHypervisor.with();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    private VmBuilder builder(FakeExit... exits) {
        return VmBuilder.on(hypervisor)
                .board(new FakeBoard())
                .memory(Size.mebibytes(1))
                .boot(FakeGuest.of(exits))
                .listener(listener);
    }

    private VmOutcome run(VmBuilder builder) {
        try (Vm vm = builder.build()) {
            return vm.run();
        }
    }

    private VmOutcome runDevice(Consumer<DeviceContext> onWrite) {
        return run(builder(WRITE).device(new ControlPort.Factory(), ControlPort.Config.of(onWrite)));
    }

    @Test
    void run_tripleFault_isTheOutcomeWithTheFault() {
        assertThat(run(builder(FakeExit.of(ExitReason.TRIPLE_FAULT))))
                .isInstanceOfSatisfying(
                        VmOutcome.TripleFault.class,
                        outcome -> assertThat(outcome.fault().reason()).isEqualTo("FAKE_EXIT_TRIPLE_FAULT"));
        assertThat(listener.heardToTheEnd())
                .containsExactly("RUNNING", "vcpu 0 FAKE_EXIT_TRIPLE_FAULT", "ENDED", "CLOSED");
    }

    @Test
    void run_emulationFailed_isTheOutcomeWithTheFault() {
        assertThat(run(builder(FakeExit.of(ExitReason.EMULATION_FAILED))))
                .isInstanceOf(VmOutcome.EmulationFailed.class);
        assertThat(listener.heardToTheEnd()).contains("vcpu 0 FAKE_EXIT_EMULATION_FAILED");
    }

    @ParameterizedTest
    @EnumSource(
            names = {"HALTED", "ENTRY_FAILED", "DEBUG", "DIRTY_RING_FULL", "HYPERCALL", "END_OF_INTERRUPT", "OTHER"})
    void run_exitThatNothingHandles_namesIt(ExitReason reason) {
        assertThat(run(builder(FakeExit.of(reason))))
                .isInstanceOfSatisfying(
                        VmOutcome.UnhandledExit.class,
                        outcome -> assertThat(outcome.fault().reason()).isEqualTo("FAKE_EXIT_" + reason));
        assertThat(listener.heardToTheEnd())
                .containsExactly("RUNNING", "vcpu 0 FAKE_EXIT_" + reason, "ENDED", "CLOSED");
    }

    @Test
    void run_systemShutdown_isShutdown() {
        assertThat(run(builder(FakeExit.of(ExitReason.SYSTEM_SHUTDOWN)))).isEqualTo(new VmOutcome.Shutdown());
        assertThat(listener.heardToTheEnd()).containsExactly("RUNNING", "shutdown", "ENDED", "CLOSED");
    }

    @Test
    void run_systemCrash_isPanicked() {
        assertThat(run(builder(FakeExit.of(ExitReason.SYSTEM_CRASH))))
                .isEqualTo(new VmOutcome.Panicked("the guest reported a crash"));
        assertThat(listener.heardToTheEnd()).contains("panic the guest reported a crash");
    }

    @Test
    void run_systemResetConfiguredToEnd_isReset() {
        assertThat(run(builder(FakeExit.of(ExitReason.SYSTEM_RESET)).onReset(OnReset.END)))
                .isEqualTo(new VmOutcome.Reset());
        assertThat(listener.heardToTheEnd()).containsExactly("RUNNING", "reset", "ENDED", "CLOSED");
    }

    @Test
    void run_hostCannotRunTheVcpu_isAHostErrorOfTheHypervisor() {
        assertThat(run(builder(FakeExit.of(ExitReason.HOST_ERROR))))
                .isInstanceOfSatisfying(
                        VmOutcome.HostError.class,
                        outcome -> assertThat(outcome.cause())
                                .isInstanceOf(HypervisorException.class)
                                .hasMessage("FAKE_EXIT_HOST_ERROR"));
        assertThat(listener.heardToTheEnd()).containsExactly("RUNNING", "host FAKE_EXIT_HOST_ERROR", "ENDED", "CLOSED");
    }

    @Test
    void run_deviceShutsDown_isShutdown() {
        assertThat(runDevice(context -> context.control().shutdown())).isEqualTo(new VmOutcome.Shutdown());
    }

    @Test
    void run_deviceExits_hasTheGuestsStatus() {
        VmOutcome outcome = runDevice(context -> context.control().exit(17));
        assertThat(outcome).isEqualTo(new VmOutcome.Exited(17));
        assertThat(outcome.exitStatus()).isEqualTo(17);
    }

    @Test
    void run_devicePanics_hasTheMessage() {
        assertThat(runDevice(context -> context.control().panicked("no init")))
                .isEqualTo(new VmOutcome.Panicked("no init"));
        assertThat(listener.heardToTheEnd()).containsExactly("RUNNING", "panic no init", "ENDED", "CLOSED");
    }

    @Test
    void run_deviceFails_isAHostErrorWithItsCause() {
        HypervisorException cause = new HypervisorException("disk is gone");
        assertThat(runDevice(context -> context.control().fail(cause))).isEqualTo(new VmOutcome.HostError(cause));
    }

    @Test
    void run_deviceAsksForSeveralThings_firstWins() {
        assertThat(runDevice(context -> {
                    context.control().exit(1);
                    context.control().shutdown();
                    context.control().panicked("too late");
                    context.control().reset();
                }))
                .isEqualTo(new VmOutcome.Exited(1));
        assertThat(listener.heardToTheEnd()).containsExactly("RUNNING", "ENDED", "CLOSED");
    }

    @Test
    void run_deviceThrows_namesDeviceAndAccess() {
        assertThat(runDevice(_ -> {
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOfSatisfying(
                        VmOutcome.HostError.class,
                        outcome -> assertThat(outcome.cause())
                                .isInstanceOf(DeviceException.class)
                                .hasRootCauseMessage("broken")
                                .hasMessage(ControlPort.class.getName()
                                        + ": threw at the guest's write to port 0x500 size 1: "
                                        + "java.lang.IllegalStateException: broken"));
    }

    @Test
    void run_memoryMappedHandlerThrows_namesTheAccess() {
        VmBuilder builder = builder(FakeExit.load(0xd0000000L, 4)).mmio(0xd0000000L, 16, new Register(() -> {
            throw new ArithmeticException();
        }));
        assertThat(run(builder))
                .isInstanceOfSatisfying(
                        VmOutcome.HostError.class,
                        outcome -> assertThat(outcome.cause())
                                .hasMessageContaining(
                                        "read of memory 0xd0000000 size 4: java.lang.ArithmeticException"));
    }

    /** An Error is the VM's end like an exception, and its thread's as everywhere. */
    @Test
    void run_deviceThrowsAnError_isReportedAndThrownOn() throws Exception {
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        OutOfMemoryError error = new OutOfMemoryError("made up");
        VmOutcome outcome = runDevice(_ -> {
            Thread.currentThread().setUncaughtExceptionHandler((_, thrown) -> uncaught.complete(thrown));
            throw error;
        });
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        VmOutcome.HostError.class,
                        host -> assertThat(host.cause())
                                .hasCause(error)
                                .hasMessage("host code failed: java.lang.OutOfMemoryError: made up"));
        assertThat(uncaught.get()).isSameAs(error);
        assertThat(listener.heardToTheEnd()).hasSize(4);
    }

    /** What a truncated file under a mapping does: this VM's end and nothing else's. */
    @Test
    void run_mappedFileTruncated_isAHostError() {
        assertThat(runDevice(_ -> {
                    throw new InternalError("a fault occurred in an unsafe memory access operation");
                }))
                .isInstanceOfSatisfying(
                        VmOutcome.HostError.class,
                        outcome -> assertThat(outcome.cause())
                                .hasMessage("memory mapped from a file is gone: the file was truncated"));
    }

    @Test
    void run_handlerOnTheEventLoopThrows_isAHostError() {
        assertThat(runDevice(context -> context.eventLoop().execute(() -> {
                    throw new IllegalStateException("in the loop");
                })))
                .isInstanceOfSatisfying(
                        VmOutcome.HostError.class,
                        outcome -> assertThat(outcome.cause())
                                .hasMessage("host code failed: java.lang.IllegalStateException: in the loop"));
    }

    @Test
    void run_secondVcpuFails_endsTheFirst() {
        VmBuilder builder = builder().vcpus(2).boot(FakeGuest.idle().with(1, FakeExit.of(ExitReason.TRIPLE_FAULT)));
        assertThat(run(builder))
                .isInstanceOfSatisfying(
                        VmOutcome.TripleFault.class,
                        outcome -> assertThat(outcome.fault().vcpu()).isEqualTo(1));
    }

    @Test
    void run_vcpuCannotBePoweredOn_isAHostError() {
        FakeBoard board = new FakeBoard().onVcpuPowerOn(_ -> {
            throw new HypervisorException("no such CPUID");
        });
        assertThat(run(builder().board(board).vcpus(3)))
                .isInstanceOfSatisfying(
                        VmOutcome.HostError.class,
                        outcome -> assertThat(outcome.cause()).hasMessage("no such CPUID"));
    }
}
