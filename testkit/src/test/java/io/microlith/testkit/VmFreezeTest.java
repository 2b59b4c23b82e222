// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.microlith.vmm.ExitReason;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.HostDifference.Kind;
import io.microlith.vmm.OnReset;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A machine held still, what can be asked of it meanwhile, and one that is made of what was saved. */
class VmFreezeTest {
    private static final FakeExit SET = FakeExit.out(Latch.PORT, 1, 7);

    private final FakeHypervisor hypervisor = FakeHypervisor.with();
    private final FakeBoard board = new FakeBoard();

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    private VmBuilder builder() {
        return VmBuilder.on(hypervisor)
                .board(board)
                .id("test")
                .memory(Size.mebibytes(1))
                .vcpus(2)
                .device(new Latch.Factory(), "");
    }

    private Vm started(FakeExit... exits) {
        Vm vm = builder().boot(FakeGuest.of(exits)).build();
        vm.start();
        idle();
        return vm;
    }

    private void idle() {
        vcpu(0).awaitIdle();
        vcpu(1).awaitIdle();
    }

    private FakeVcpu vcpu(int index) {
        return hypervisor.vm().vcpu(index);
    }

    private static Latch latch(Vm vm) {
        return (Latch) vm.devices().getFirst();
    }

    @Test
    void freeze_running_holdsVcpusAndDevicesUntilClosed() {
        try (Vm vm = started()) {
            try (FrozenVm frozen = vm.freeze()) {
                assertThat(vcpu(0).isInGuest()).isFalse();
                assertThat(vcpu(1).isInGuest()).isFalse();
                assertThat(latch(vm).log()).containsExactly("pause");
                assertThat(frozen.vm()).isSameAs(vm);
            }
            assertThat(latch(vm).log()).containsExactly("pause", "resume");
            idle();
        }
    }

    @Test
    void close_twice_isOnce() {
        try (Vm vm = started()) {
            FrozenVm frozen = vm.freeze();
            frozen.close();
            frozen.close();
            assertThat(latch(vm).log()).containsExactly("pause", "resume");
            assertThatIllegalStateException().isThrownBy(frozen::save).withMessage("VM test was let go on");
        }
    }

    @Test
    void save_frozen_hasDevicesAndVcpusReadOnTheirThreads() {
        try (Vm vm = started(SET);
                FrozenVm frozen = vm.freeze()) {
            MachineState state = frozen.save();
            assertThat(state.parts()).extracting(StatePart::name).containsExactly("device.latch0", "vcpu.0", "vcpu.1");
            assertThat(new Latch.Factory().read(state.get("device.latch0"))).isEqualTo(new Latch.State(7));
            assertThat(board.platform().log()).contains("save vcpu0", "save vcpu1");
            assertThat(frozen.save()).isEqualTo(state);
        }
    }

    @Test
    void freeze_deviceWithoutState_isRefusedAndLetsGo() {
        try (Vm vm = builder()
                .device(new ControlPort.Factory(), ControlPort.Config.of(_ -> {}))
                .build()) {
            vm.start();
            try (FrozenVm frozen = vm.freeze()) {
                assertThatExceptionOfType(ConfigException.class)
                        .isThrownBy(frozen::save)
                        .withMessageContaining("control0");
            }
            idle();
        }
    }

    @Test
    void pauseAndResume_whileFrozen_haveTheirEffectAfterIt() {
        try (Vm vm = started()) {
            try (FrozenVm _ = vm.freeze()) {
                vm.pause();
                assertThat(vm.state()).isEqualTo(VmState.PAUSED);
            }
            assertThat(vcpu(0).isInGuest()).isFalse();
            try (FrozenVm _ = vm.freeze()) {
                vm.resume();
                assertThat(vcpu(0).isInGuest()).isFalse();
            }
            idle();
            assertThat(vm.state()).isEqualTo(VmState.RUNNING);
        }
    }

    @Test
    void reset_whileFrozen_comesAfterIt() {
        try (Vm vm = started()) {
            try (FrozenVm _ = vm.freeze()) {
                vm.reset();
                assertThat(board.platform().powerOns()).isEqualTo(1);
            }
            Eventually.holds(
                    "the platform was powered on again", () -> board.platform().powerOns() == 2);
            idle();
        }
    }

    @Test
    void freeze_heldByAnother_waitsForIt() throws ExecutionException, InterruptedException {
        try (Vm vm = started()) {
            CompletableFuture<FrozenVm> second;
            try (FrozenVm _ = vm.freeze()) {
                second = CompletableFuture.supplyAsync(vm::freeze);
                assertThat(second).isNotDone();
            }
            // By whoever froze it; only that one is refused what would wait for itself.
            second.get().close();
            idle();
        }
    }

    @Test
    void freezeAndClose_byTheOneWhoFroze_areRefused() {
        try (Vm vm = started();
                FrozenVm _ = vm.freeze()) {
            assertThatIllegalStateException().isThrownBy(vm::freeze).withMessageContaining("frozen by this thread");
            assertThatIllegalStateException().isThrownBy(vm::close).withMessageContaining("frozen by this thread");
        }
    }

    @Test
    void stop_whileFrozen_endsAndSaveSaysSo() {
        try (Vm vm = started();
                FrozenVm frozen = vm.freeze()) {
            vm.stop();
            assertThatIllegalStateException().isThrownBy(frozen::save).withMessage("VM test has ended");
        }
    }

    @Test
    void freeze_notStarted_isNotStartedMeanwhile() throws ExecutionException, InterruptedException {
        try (Vm vm = builder().build()) {
            CompletableFuture<Void> start;
            try (FrozenVm frozen = vm.freeze()) {
                assertThat(frozen.save().parts()).hasSize(3);
                assertThatIllegalStateException().isThrownBy(vm::start).withMessageContaining("frozen by this thread");
                start = CompletableFuture.runAsync(vm::start);
                assertThat(vm.state()).isEqualTo(VmState.CREATED);
            }
            start.get();
            idle();
            assertThat(vm.state()).isEqualTo(VmState.RUNNING);
        }
    }

    @Test
    void start_restoredAndHeldByAnother_devicesSleepUntilThatLetsGo() throws ExecutionException, InterruptedException {
        Saved saved = saved();
        try (Vm vm = restored(saved).device(new Latch.Factory(), "").build()) {
            CompletableFuture<Void> start;
            try (FrozenVm _ = vm.freeze()) {
                start = new CompletableFuture<>();
                Thread starter = Thread.ofPlatform().start(() -> {
                    vm.start();
                    start.complete(null);
                });
                while (starter.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                assertThat(latch(vm).log()).isEmpty();
            }
            start.get();
            idle();
            assertThat(latch(vm).log()).containsExactly("resume");
        }
    }

    @Test
    void freeze_ended_isRefused() {
        try (Vm vm = builder()
                .boot(FakeGuest.of(FakeExit.of(ExitReason.SYSTEM_SHUTDOWN)))
                .build()) {
            assertThat(vm.run()).isEqualTo(new VmOutcome.Shutdown());
            assertThatIllegalStateException().isThrownBy(vm::freeze).withMessage("VM test has ended");
        }
    }

    private Saved saved() {
        try (Vm vm = started(SET);
                FrozenVm frozen = vm.freeze()) {
            return new Saved(vm.config(), frozen.save());
        }
    }

    private record Saved(VmConfig config, MachineState state) implements Restoration {
        @Override
        public MemorySource memory(List<AddressRange> ranges) {
            return MemorySource.ZERO;
        }
    }

    private VmBuilder restored(Restoration saved) {
        return VmBuilder.on(hypervisor).board(board).restore(saved);
    }

    @Test
    void restore_saved_hasItsSizeAndDevicesWhichGoOnAtTheStart() {
        Saved saved = saved();
        try (Vm vm = restored(saved).device(new Latch.Factory(), "").build()) {
            assertThat(vm.config().memory()).isEqualTo(Size.mebibytes(1));
            assertThat(vm.config().vcpus()).isEqualTo(2);
            assertThat(vm.config().onReset()).isEqualTo(OnReset.END);
            assertThat(latch(vm).save()).isEqualTo(new Latch.State(7));
            assertThat(latch(vm).log()).isEmpty();
            vm.start();
            idle();
            assertThat(latch(vm).log()).containsExactly("resume");
            vm.reset();
            assertThat(vm.outcome().toCompletableFuture().join()).isEqualTo(new VmOutcome.Reset());
        }
    }

    @Test
    void restore_settingsThatClash_areErrors() {
        Saved saved = saved();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> restored(saved).memory(Size.mebibytes(2)).build())
                .withMessageContaining("1 MiB");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> restored(saved).vcpus(1).build())
                .withMessageContaining("2");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> restored(saved).boot(FakeGuest.idle()).build())
                .withMessageContaining("started already");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> restored(saved).onReset(OnReset.RESTART).build())
                .withMessageContaining("reset");
    }

    @Test
    void restore_hostThatLacksSomething_isRefusedWithAllOfItBeforeAnythingIsMade() {
        Saved saved = saved();
        HostDifference feature = new HostDifference(Kind.FEATURE, "avx512f", "the guest has it", "this host does not");
        HostDifference speed = new HostDifference(Kind.CLOCK, "TSC", "the guest has 2 kHz", "this host has 1 kHz");
        board.lacking(feature, speed);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> restored(saved)
                        .memory(Size.mebibytes(1))
                        .device(new Latch.Factory(), "")
                        .build())
                .withMessage("""
                        restore: the machine that was saved cannot go on on this host:
                          avx512f: the guest has it; this host does not
                          TSC: the guest has 2 kHz; this host has 1 kHz""")
                .satisfies(e -> assertThat(e.setting()).isEqualTo("restore"));
        board.lacking();
        restored(saved).device(new Latch.Factory(), "").build().close();
    }

    @Test
    void restore_deviceThatIsMissing_isRefused() {
        Saved saved = saved();
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> restored(saved).build())
                .withMessageContaining("device.latch0")
                .withMessageContaining("not configured");
    }

    @Test
    void restore_deviceThatWasNotSaved_isRefused() {
        Saved saved = saved();
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> restored(saved)
                        .device(new Latch.Factory(), "")
                        .device(new ControlPort.Factory(), ControlPort.Config.of(_ -> {}))
                        .build())
                .withMessageContaining("device.control0");
    }
}
