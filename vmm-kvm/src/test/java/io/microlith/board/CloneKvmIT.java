// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.board.generation.GenerationDevice;
import io.microlith.board.legacy.RtcDevice;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.MachineState;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Machines that are restored as others than the one that was saved. */
@RequiresKvm
class CloneKvmIT {
    private static final Size MEMORY = Size.mebibytes(16);
    private static final String GENERATION = "device.vmgenid0";

    /** Says again and again that it has responded. */
    // mov dx, 0xf5; mov al, 1; out dx, al; jmp to the out
    private static final UserCode SIGNALS = new UserCode("66 ba f5 00  b0 01  ee  eb fd");

    private static final int PLACE = 0xf_f000;
    private static final UUID OTHER = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    /** The first three parts are little-endian numbers. */
    private static final String OTHER_BYTES = "33221100554477668899aabbccddeeff";

    private Hypervisor kvm;

    @BeforeEach
    void open() {
        kvm = Hypervisor.open();
    }

    @AfterEach
    void close() {
        kvm.close();
    }

    private record Saved(VmConfig config, MachineState state, ByteString bytes) implements Restoration {
        static Saved of(Vm vm) {
            try (FrozenVm frozen = vm.freeze()) {
                return of(frozen);
            }
        }

        static Saved of(FrozenVm frozen) {
            byte[] bytes = new byte[(int) MEMORY.bytes()];
            frozen.memory().read(0, bytes, 0, bytes.length);
            return new Saved(frozen.vm().config(), frozen.save(), ByteString.of(bytes));
        }

        @Override
        public MemorySource memory(List<AddressRange> ranges) {
            return (name, where, backing) -> {
                MachineMemory memory = MappedMemory.map(name, where, backing);
                memory.memory().write(0, bytes.toByteArray(), 0, bytes.length());
                return memory;
            };
        }

        /** As a program saved it that had no generation to save. */
        Saved withoutGeneration() {
            return new Saved(
                    config,
                    MachineState.of(state.parts().stream()
                            .filter(part -> !part.name().equals(GENERATION))
                            .toList()),
                    bytes);
        }

        String generation() {
            return HexFormat.of().formatHex(state.get(GENERATION).getBytes(2));
        }

        String told() {
            return HexFormat.of().formatHex(bytes.toByteArray(), PLACE, PLACE + 16);
        }
    }

    private Saved saved() {
        return savedAgain(VmBuilder.on(kvm).memory(MEMORY).boot(UserCode.LOOP));
    }

    private static Saved savedAgain(VmBuilder builder) {
        try (Vm vm = builder.build()) {
            vm.start();
            return Saved.of(vm);
        }
    }

    private VmBuilder restored(Saved saved) {
        return VmBuilder.on(kvm).restore(saved);
    }

    @Test
    void build_newMachines_areOfDifferentGenerations() {
        Saved first = saved();

        assertThat(first.told()).isEqualTo(first.generation()).isNotEqualTo("00".repeat(16));
        assertThat(saved().generation()).isNotEqualTo(first.generation());
    }

    @Test
    void restore_noIdentity_isOfTheSameGeneration() {
        Saved first = saved();
        Saved again = savedAgain(restored(first));

        assertThat(again.generation()).isEqualTo(first.generation());
        assertThat(again.told()).isEqualTo(first.generation());
    }

    @Test
    void restore_identity_isOfItsGenerationFromTheStartOn() {
        Saved first = saved();
        try (Vm vm = restored(first).identity(CloneIdentity.of(OTHER)).build()) {
            assertThat(told(vm)).isEqualTo(first.generation());
            vm.start();
            assertThat(told(vm)).isEqualTo(OTHER_BYTES);
            assertThat(Saved.of(vm).generation()).isEqualTo(OTHER_BYTES);
        }
    }

    @Test
    void restore_savedBeforeItsGuestWasTold_isToldThen() {
        Saved untold;
        try (Vm vm = VmBuilder.on(kvm).memory(MEMORY).boot(UserCode.LOOP).build()) {
            vm.start();
            try (FrozenVm frozen = vm.freeze()) {
                device(vm, GenerationDevice.class).change(OTHER);
                untold = Saved.of(frozen);
            }
        }

        assertThat(untold.told()).isNotEqualTo(OTHER_BYTES);
        assertThat(savedAgain(restored(untold)).told()).isEqualTo(OTHER_BYTES);
    }

    @Test
    void restore_savedBeforeThereWasAGeneration_hasNone() {
        Saved old = saved().withoutGeneration();

        assertThat(savedAgain(restored(old)).state().has(GENERATION)).isFalse();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> restored(old).identity(CloneIdentity.fresh()).build())
                .withMessageContaining("generation: it has no device by which its guest is told");
        try (Vm vm =
                restored(old).identity(CloneIdentity.fresh().waiveTelling()).build()) {
            assertThat(vm.devices()).noneMatch(GenerationDevice.class::isInstance);
        }
    }

    @Test
    void restore_guestThatResponds_isHeard() throws Exception {
        Saved saved = savedAgain(VmBuilder.on(kvm).memory(MEMORY).boot(SIGNALS));
        CompletableFuture<Boolean> responded = new CompletableFuture<>();
        VmListener listener = new VmListener() {
            @Override
            public void onResponded() {
                responded.complete(true);
            }
        };
        try (Vm vm = restored(saved).listener(listener).build()) {
            vm.start();
            assertThat(responded.get(60, TimeUnit.SECONDS)).isTrue();
            assertThat(vm.timings().response()).isPresent();
        }
    }

    @Test
    void restore_identityWithClock_showsItsTime() {
        Instant then = Instant.parse("2031-02-03T04:05:06Z");
        CloneIdentity identity = CloneIdentity.fresh().clock(() -> then);
        try (Vm vm = restored(saved()).identity(identity).build()) {
            RtcDevice clock = device(vm, RtcDevice.class);
            // The year, in the last two digits of it.
            clock.write(0, 1, 0x09);
            assertThat(clock.read(1, 1)).isEqualTo(0x31);
        }
    }

    @Test
    void change_whileItRuns_isInTheGuestsMemory() {
        try (Vm vm = VmBuilder.on(kvm).memory(MEMORY).boot(UserCode.LOOP).build()) {
            vm.start();
            device(vm, GenerationDevice.class).change(OTHER);

            assertThat(Saved.of(vm).told()).isEqualTo(OTHER_BYTES);
        }
    }

    private static String told(Vm vm) {
        byte[] bytes = new byte[16];
        vm.memory().read(PLACE, bytes, 0, bytes.length);
        return HexFormat.of().formatHex(bytes);
    }

    private static <D extends Device> D device(Vm vm, Class<D> type) {
        return vm.devices().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }
}
