// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.HostDifference.Kind;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.MemoryLayer;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.PrivateMemory;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A machine that becomes another one which was saved. */
class VmBecomeTest {
    private static final long PLACE = 0x5000;

    private final FakeHypervisor hypervisor = FakeHypervisor.with();
    private final FakeBoard board = new FakeBoard();

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    /** A machine that was saved. */
    private record Saved(VmConfig config, MachineState state, MemoryLayer content)
            implements Restoration, AutoCloseable {
        @Override
        public MemorySource memory(List<AddressRange> ranges) {
            return (_, _, _) -> PrivateMemory.on(content);
        }

        @Override
        public Optional<MemoryLayer> layer() {
            return Optional.of(content.share());
        }

        Saved with(StatePart part) {
            List<StatePart> parts = new ArrayList<>(without(part.name()).state().parts());
            parts.add(part);
            return new Saved(config, MachineState.of(parts), content);
        }

        Saved without(String name) {
            List<StatePart> parts = new ArrayList<>(state.parts());
            parts.removeIf(known -> known.name().equals(name));
            return new Saved(config, MachineState.of(parts), content);
        }

        @Override
        public void close() {
            content.close();
        }
    }

    private VmBuilder builder() {
        return VmBuilder.on(hypervisor)
                .board(board)
                .id("test")
                .memory(Size.mebibytes(1))
                .pages(PageBacking.PRIVATE)
                .vcpus(2)
                .device(new Latch.Factory(), "");
    }

    private Saved saved() {
        try (Vm vm =
                builder().boot(FakeGuest.of(FakeExit.out(Latch.PORT, 1, 7))).build()) {
            vm.start();
            idle();
            vm.memory().putInt(PLACE, 7);
            return save(vm);
        }
    }

    private static Saved save(Vm vm) {
        try (FrozenVm frozen = vm.freeze()) {
            return new Saved(vm.config(), frozen.save(), frozen.layer());
        }
    }

    private void idle() {
        hypervisor.vm().vcpu(0).awaitIdle();
        hypervisor.vm().vcpu(1).awaitIdle();
    }

    private static Latch latch(Vm vm) {
        return (Latch) vm.devices().getFirst();
    }

    private static void become(Vm vm, Restoration saved) {
        try (FrozenVm frozen = vm.freeze()) {
            frozen.become(saved);
        }
    }

    @Test
    void become_notStarted_startsThere() {
        try (Saved saved = saved();
                Vm vm = builder().build()) {
            become(vm, saved);

            assertThat(vm.state()).isEqualTo(VmState.CREATED);
            assertThat(vm.memory().getInt(PLACE)).isEqualTo(7);
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
    void become_running_isAsItWasAgainAndAgain() {
        try (Saved saved = saved();
                Vm vm = builder().build()) {
            vm.start();
            for (int i = 0; i < 3; i++) {
                idle();
                vm.memory().putInt(PLACE, 8);
                latch(vm).write(0, 1, 8);
                become(vm, saved);
                assertThat(vm.memory().getInt(PLACE)).isEqualTo(7);
                assertThat(latch(vm).save()).isEqualTo(new Latch.State(7));
                assertThat(latch(vm).log()).containsExactly("resume");
                assertThat(vm.state()).isEqualTo(VmState.RUNNING);
            }
        }
    }

    @Test
    void become_paused_staysPaused() {
        try (Saved saved = saved();
                Vm vm = builder().build()) {
            vm.start();
            vm.pause();
            become(vm, saved);
            assertThat(vm.state()).isEqualTo(VmState.PAUSED);
            vm.resume();
            idle();
        }
    }

    @Test
    void become_machineThatDoesNotFit_isRefusedAndGoesOn() {
        try (Saved saved = saved();
                Vm smaller = builder().vcpus(1).build();
                Vm shared = builder().pages(PageBacking.SMALL).build()) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> become(smaller, saved))
                    .withMessageContaining("vcpus: 1 given");
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> become(shared, saved))
                    .withMessageContaining("PRIVATE");
            board.lacking(new HostDifference(Kind.FEATURE, "avx512f", "the guest has it", "this host does not"));
            try (Vm vm = builder().build()) {
                assertThatExceptionOfType(ConfigException.class)
                        .isThrownBy(() -> become(vm, saved))
                        .withMessageContaining("avx512f");
                vm.start();
                idle();
                assertThat(vm.state()).isEqualTo(VmState.RUNNING);
            }
        }
    }

    @Test
    void become_another_isWhoTheIdentitySays() {
        try (Saved saved = saved();
                Vm vm = builder().build()) {
            vm.start();
            idle();
            try (FrozenVm frozen = vm.freeze()) {
                assertThatExceptionOfType(ConfigException.class)
                        .isThrownBy(() -> frozen.become(saved, CloneIdentity.fresh()))
                        .withMessageContaining("generation");
                frozen.become(saved, CloneIdentity.fresh().waiveTelling());
            }
            assertThat(vm.memory().getInt(PLACE)).isEqualTo(7);
            assertThat(vm.state()).isEqualTo(VmState.RUNNING);
        }
    }

    @Test
    void become_stateOfNoMachine_endsIt() {
        try (Saved saved = saved();
                Vm vm = builder().build()) {
            vm.start();
            idle();
            Saved broken = saved.with(StatePart.of("device.latch0", new Latch.State(0x100)));
            Latch closed = latch(vm);
            assertThatExceptionOfType(InvalidStateException.class).isThrownBy(() -> become(vm, broken));
            assertThat(closed.log()).containsExactly("pause");
            assertThat(vm.outcome().toCompletableFuture().join()).isInstanceOf(VmOutcome.HostError.class);
        }
    }

    @Test
    void become_otherDevicesThanItHas_isRefusedAndItGoesOn() {
        try (Saved saved = saved();
                Vm vm = builder().build()) {
            vm.memory().putInt(PLACE, 8);
            Saved more = saved.with(StatePart.of("device.latch1", new Latch.State(1)));
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> become(vm, more))
                    .withMessageContaining("device.latch1: it was saved");
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> become(vm, saved.without("device.latch0")))
                    .withMessageContaining("device.latch0: it has a configuration");
            assertThat(vm.state()).isEqualTo(VmState.CREATED);
            assertThat(vm.memory().getInt(PLACE)).isEqualTo(8);
            vm.start();
            idle();
        }
    }
}
