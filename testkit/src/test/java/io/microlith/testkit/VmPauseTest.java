// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.Vm;
import io.microlith.vmm.VmState;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Pause and resume. */
class VmPauseTest extends VmFixture {
    @Test
    void pause_inTheGuest_waitsUntilNoVcpuRuns() {
        try (Vm vm = builder().vcpus(2).build()) {
            vm.start();
            vcpu(0).awaitIdle();
            vcpu(1).awaitIdle();
            vm.pause();
            assertThat(vm.state()).isEqualTo(VmState.PAUSED);
            assertThat(vcpu(0).isInGuest()).isFalse();
            assertThat(vcpu(1).isInGuest()).isFalse();
            vm.pause();
            int before = vcpu(1).announcements();
            vm.resume();
            vm.resume();
            vcpu(0).awaitIdle();
            vcpu(1).awaitIdle();
            assertThat(vcpu(1).announcements()).isEqualTo(before + 1);
        }
        assertThat(listener.heardToTheEnd()).containsExactly("RUNNING", "PAUSED", "RUNNING", "ENDED", "CLOSED");
    }

    @Test
    void pause_deviceIsBusy_waitsForIt() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        onWrite.set(_ -> {
            entered.countDown();
            await(leave);
        });
        try (Vm vm = builder().boot(FakeGuest.of(WRITE)).build()) {
            vm.start();
            entered.await();
            CompletableFuture<Void> paused = CompletableFuture.runAsync(vm::pause);
            assertThatThrownBy(() -> paused.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            leave.countDown();
            paused.join();
            assertThat(vm.state()).isEqualTo(VmState.PAUSED);
        }
    }

    /** The access of the last exit is complete when the VM is paused: its registers are whole. */
    @Test
    void pause_betweenAccessAndAnswer_completesTheAccess() {
        try (Vm vm = builder().boot(FakeGuest.idle().repeating(0, WRITE)).build()) {
            vm.start();
            for (int i = 0; i < 100; i++) {
                vm.pause();
                assertThat(vcpu(0).isComplete()).isTrue();
                vm.resume();
            }
        }
    }

    @Test
    void pause_notStartedOrEnded_isLeftAlone() {
        try (Vm vm = builder().build()) {
            vm.pause();
            vm.resume();
            vm.reset();
            assertThat(vm.state()).isEqualTo(VmState.CREATED);
            vm.stop();
            vm.pause();
            vm.resume();
            vm.reset();
            assertThat(vm.state()).isEqualTo(VmState.ENDED);
        }
        assertThat(listener.heardToTheEnd()).containsExactly("ENDED", "CLOSED");
    }
}
