// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.CloneIdentity.Aspect;
import io.microlith.vmm.CloneIdentity.Telling;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.VmState;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.device.NamedDevice;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A machine that is restored as another one, and what is said if it cannot be. */
class CloneIdentityTest {
    private static final UUID GENERATION = new UUID(1, 2);

    private final FakeHypervisor hypervisor = FakeHypervisor.with();
    private final FakeBoard board = new FakeBoard().identifying(Aspect.values());

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    private record Saved(VmConfig config, MachineState state) implements Restoration {
        @Override
        public MemorySource memory(List<AddressRange> ranges) {
            return MemorySource.ZERO;
        }
    }

    private static NamedDevice latch(String config) {
        return new DeviceSpec<>(new Latch.Factory(), config).named(0);
    }

    private Saved saved() {
        VmBuilder builder =
                VmBuilder.on(hypervisor).board(board).memory(Size.mebibytes(1)).device(new Latch.Factory(), "first");
        try (Vm vm = builder.build()) {
            vm.start();
            try (FrozenVm frozen = vm.freeze()) {
                return new Saved(vm.config(), frozen.save());
            }
        }
    }

    private VmBuilder restored(CloneIdentity identity) {
        return VmBuilder.on(hypervisor).board(board).restore(saved()).identity(identity);
    }

    private static List<String> log(Vm vm) {
        return ((Latch) vm.devices().getFirst()).log();
    }

    private void assertRefused(VmBuilder builder, String... texts) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(builder::build)
                .satisfies(e -> assertThat(e.setting()).isEqualTo("identity"))
                .satisfies(e -> assertThat(e).hasMessageContainingAll(texts));
    }

    @Test
    void fresh_eachIsAnother() {
        CloneIdentity first = CloneIdentity.fresh();

        assertThat(first.generation()).isNotEqualTo(CloneIdentity.fresh().generation());
        assertThat(first.telling()).isEqualTo(Telling.REQUIRED);
        assertThat(first.clock()).isEmpty();
        assertThat(first.devices()).isEmpty();
    }

    @Test
    void with_everything_keepsTheRest() {
        InstantSource clock = InstantSource.system();
        CloneIdentity whole = CloneIdentity.of(GENERATION)
                .clock(clock)
                .device(latch("second"))
                .waiveTelling();

        assertThat(whole.generation()).isEqualTo(GENERATION);
        assertThat(whole.telling()).isEqualTo(Telling.WAIVED);
        assertThat(whole.clock()).contains(clock);
        assertThat(whole.devices()).containsOnlyKeys(new DeviceId("latch", 0));
        assertThat(whole.named()).containsExactly(latchOf(whole));
    }

    private static NamedDevice latchOf(CloneIdentity identity) {
        DeviceId id = new DeviceId("latch", 0);
        return new NamedDevice(id, identity.devices().get(id));
    }

    @Test
    void device_twice_isRefused() {
        CloneIdentity one = CloneIdentity.fresh().device(latch("second"));

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> one.device(latch("third")))
                .withMessageContaining("latch0 is there twice");
    }

    @Test
    void toString_saysNothingOfTheGeneration() {
        assertThat(CloneIdentity.of(GENERATION)).asString().doesNotContain(GENERATION.toString());
    }

    @Test
    void build_identity_reachesBoardAndDevices() {
        CloneIdentity identity = CloneIdentity.fresh().device(latch("second"));
        try (Vm vm = restored(identity).build()) {
            assertThat(log(vm)).containsExactly("cloned as second");
            assertThat(board.platform().identity()).contains(identity);
        }
    }

    @Test
    void build_devicesOfTheBuilder_areTheClonesToo() {
        try (Vm vm = restored(CloneIdentity.fresh())
                .device(new Latch.Factory(), "third")
                .build()) {
            assertThat(log(vm)).containsExactly("cloned as third");
        }
    }

    @Test
    void build_withoutIdentity_isTheSameMachine() {
        VmBuilder builder = VmBuilder.on(hypervisor).board(board).restore(saved());
        try (Vm vm = builder.device(new Latch.Factory(), "second").build()) {
            assertThat(log(vm)).isEmpty();
            assertThat(board.platform().identity()).isEmpty();
        }
    }

    @Test
    void build_newMachine_isRefused() {
        assertRefused(
                VmBuilder.on(hypervisor).board(board).identity(CloneIdentity.fresh()), "only one that is restored");
    }

    @Test
    void build_muchIsMissing_isNamedInOneErrorBeforeAnythingIsMade() {
        board.identifying();
        NamedDevice other = new DeviceSpec<>(new Latch.Factory(), "").named(1);
        VmBuilder builder =
                restored(CloneIdentity.fresh().clock(InstantSource.system()).device(other));

        assertRefused(
                builder,
                "device.latch0: it was saved, and has no configuration",
                "device.latch1: it has a configuration, and was not saved",
                "generation: it has no device by which its guest is told",
                "clock: it has none");
        assertThat(hypervisor.vms()).hasSize(1);
    }

    @Test
    void build_guestThatCannotBeTold_isRefusedUnlessThatIsWaived() {
        board.identifying(Aspect.CLOCK);
        CloneIdentity identity = CloneIdentity.fresh().device(latch("second"));

        assertRefused(restored(identity), "generation", "waive it");
        try (Vm vm = restored(identity.waiveTelling()).build()) {
            assertThat(log(vm)).containsExactly("cloned as second");
        }
    }

    @Test
    void build_twoOfOneIdentity_secondIsRefused() {
        VmBuilder builder = restored(CloneIdentity.fresh().device(latch("second")));
        builder.build().close();

        assertRefused(builder, "of this generation already");
        builder.identity(CloneIdentity.fresh().device(latch("second"))).build().close();
    }

    @Test
    void build_identityThatAMachineHas_isRefusedUntilThatIsClosed() {
        CloneIdentity identity = CloneIdentity.fresh();
        try (Vm first = restored(identity.device(latch("first"))).id("first").build()) {
            assertRefused(restored(identity.device(latch("second"))), "the machine first has this one");
            assertThat(first.state()).isEqualTo(VmState.CREATED);
        }
        restored(identity.device(latch("third"))).build().close();
    }

    @Test
    void build_failsWithAnIdentity_itCanBeUsedAgain() {
        CloneIdentity identity = CloneIdentity.fresh();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> restored(identity.device(latch("second")))
                        .restore(new Broken(saved()))
                        .build());

        restored(identity.device(latch("third"))).build().close();
    }

    /** One whose memory is not to be had. */
    private record Broken(Saved saved) implements Restoration {
        @Override
        public VmConfig config() {
            return saved.config();
        }

        @Override
        public MachineState state() {
            return saved.state();
        }

        @Override
        public MemorySource memory(List<AddressRange> ranges) {
            throw new IllegalStateException("broken");
        }
    }
}
