// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.VmState;
import io.microlith.vmm.VmTimings;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The first response of a guest: who says that there was one, who hears it, and how long that took. */
class VmResponseTest extends VmFixture {
    private static final Duration OPEN = Duration.ofMillis(3);
    private static final Duration WORKING_SET = Duration.ofMillis(7);
    private static final AddressRange WANTED = new AddressRange(0x3000, 0x2000);

    private final AtomicInteger told = new AtomicInteger();

    @Test
    void responded_byADevice_isHeardOnce() {
        onWrite.set(context -> context.control().responded());
        try (Vm vm = builder().build()) {
            vm.start();
            vcpu(0).inject(WRITE);
            vcpu(0).inject(WRITE);
            vcpu(0).awaitIdle();
            Duration first = vm.timings().response().orElseThrow();
            vm.responded();

            assertThat(first).isPositive();
            assertThat(vm.timings().response()).contains(first);
            assertThat(vm.timings()).asString().contains(", start ").contains(", response ");
        }
        assertThat(listener.heardToTheEnd()).filteredOn("responded"::equals).hasSize(1);
    }

    @Test
    void responded_beforeTheGuestRuns_isWithoutEffect() {
        try (Vm vm = builder().build()) {
            vm.responded();
            assertThat(vm.timings().response()).isEmpty();
            vm.start();
            vcpu(0).awaitIdle();
            assertThat(vm.timings().response()).isEmpty();
            vm.responded();
            assertThat(vm.timings().response()).isPresent();
        }
        assertThat(listener.heardToTheEnd()).containsOnlyOnce("responded");
    }

    @Test
    void timings_newMachine_haveNothingOfASavedOne() {
        try (Vm vm = builder().build()) {
            VmTimings timings = vm.timings();

            assertThat(timings.open()).isZero();
            assertThat(timings.workingSet()).isEmpty();
            assertThat(timings.start()).isEmpty();
            assertThat(timings).asString().startsWith("memory ").doesNotContain("working set");
        }
    }

    /** Without a device that has no state to give. */
    private VmBuilder plain() {
        return VmBuilder.on(hypervisor).board(board).memory(Size.mebibytes(1));
    }

    @Test
    void timings_restoredMachine_areThoseOfItsParts() {
        try (Vm vm = plain().restore(saved()).build()) {
            vm.start();
            vcpu(0).awaitIdle();
            vm.responded();
            vm.responded();

            assertThat(vm.timings().open()).isEqualTo(OPEN);
            assertThat(vm.timings().workingSet()).contains(WORKING_SET);
            assertThat(vm.timings())
                    .asString()
                    .startsWith("open 3.0 ms, memory ")
                    .contains(" (working set 7.0 ms), hypervisor ");
        }
        assertThat(told).hasValue(1);
    }

    private Saved saved() {
        try (Vm vm = plain().build()) {
            vm.start();
            try (FrozenVm frozen = vm.freeze()) {
                return new Saved(vm.config(), frozen.save());
            }
        }
    }

    @Test
    void build_restoredMachine_mapsWhatWillBeWantedFirst() {
        try (Vm vm = plain().restore(saved()).build()) {
            assertThat(vcpu(0).preFaulted()).containsExactly(WANTED);
            assertThat(vm.state()).isEqualTo(VmState.CREATED);
        }
    }

    @Test
    void build_restoredMachineThatNotesWrites_mapsNothingThatWouldCountAsOne() {
        try (Vm vm = plain().restore(saved()).trackWrites(WriteTracking.LOG).build()) {
            assertThat(vcpu(0).preFaulted()).isEmpty();
            assertThat(vm.state()).isEqualTo(VmState.CREATED);
        }
    }

    private final class Saved implements Restoration {
        private final VmConfig config;
        private final MachineState state;

        Saved(VmConfig config, MachineState state) {
            this.config = config;
            this.state = state;
        }

        @Override
        public VmConfig config() {
            return config;
        }

        @Override
        public MachineState state() {
            return state;
        }

        @Override
        public Duration opened() {
            return OPEN;
        }

        @Override
        public MemorySource memory(List<AddressRange> ranges) {
            return (name, where, backing) -> new Prefetched(MappedMemory.map(name, where, backing));
        }
    }

    private final class Prefetched implements MachineMemory {
        private final MachineMemory of;

        Prefetched(MachineMemory of) {
            this.of = of;
        }

        @Override
        public GuestMemory memory() {
            return of.memory();
        }

        @Override
        public void responded() {
            told.incrementAndGet();
        }

        @Override
        public Optional<Duration> workingSet() {
            return Optional.of(WORKING_SET);
        }

        @Override
        public List<AddressRange> prefetched() {
            return List.of(WANTED);
        }

        @Override
        public void close() {
            of.close();
        }
    }
}
