// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmState;
import io.microlith.vmm.VmTimings;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.memory.Size;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The first response of a guest: who says that there was one, who hears it, and how long that took. */
class VmResponseTest extends VmFixture {
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

            assertThat(vm.timings().open()).isEqualTo(PrefetchedMachine.OPEN);
            assertThat(vm.timings().workingSet()).contains(PrefetchedMachine.WORKING_SET);
            assertThat(vm.timings())
                    .asString()
                    .startsWith("open 3.0 ms, memory ")
                    .contains(" (working set 7.0 ms), hypervisor ");
        }
        assertThat(told).hasValue(1);
    }

    private PrefetchedMachine saved() {
        return PrefetchedMachine.of(plain(), told);
    }

    @Test
    void build_restoredMachine_mapsWhatWillBeWantedFirst() {
        try (Vm vm = plain().restore(saved()).build()) {
            assertThat(vcpu(0).preFaulted()).containsExactly(PrefetchedMachine.WANTED);
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
}
