// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.OnReset;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.error.VmmException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Reset, by the guest and by the embedder. */
class VmResetTest extends VmFixture {
    @Test
    void reset_running_startsFromPowerOn() {
        try (Vm vm = builder().vcpus(2).boot(FakeGuest.of(WRITE)).build()) {
            CountDownLatch writes = new CountDownLatch(2);
            onWrite.set(_ -> writes.countDown());
            vm.start();
            vcpu(0).awaitIdle();
            vm.reset();
            await(writes);
            assertThat(board.platform().powerOns()).isEqualTo(2);
            assertThat(config.log()).containsExactly("reset", "reset");
        }
        assertThat(listener.heardToTheEnd()).containsExactly("RUNNING", "reset", "ENDED", "CLOSED");
    }

    /** The guest's own reset comes in the middle of its write to a port. */
    @Test
    void reset_byTheGuest_startsFromPowerOnWithNoAccessHalfDone() {
        CountDownLatch fourth = new CountDownLatch(4);
        onWrite.set(context -> {
            fourth.countDown();
            if (fourth.getCount() > 0) {
                context.control().reset();
            }
        });
        try (Vm vm = builder().vcpus(2).boot(FakeGuest.of(WRITE)).build()) {
            vm.start();
            await(fourth);
            vcpu(0).awaitIdle();
            assertThat(board.platform().powerOns()).isEqualTo(4);
        }
    }

    @Test
    void reset_byTheGuestConfiguredToEnd_endsWithReset() {
        onWrite.set(context -> context.control().reset());
        try (Vm vm = builder().onReset(OnReset.END).boot(FakeGuest.of(WRITE)).build()) {
            assertThat(vm.run()).isEqualTo(new VmOutcome.Reset());
        }
        assertThat(board.platform().powerOns()).isEqualTo(1);
    }

    /** The embedder's own reset is one whatever the guest's would be. */
    @Test
    void reset_byTheEmbedderConfiguredToEnd_resets() {
        try (Vm vm = builder().onReset(OnReset.END).build()) {
            vm.start();
            vcpu(0).awaitIdle();
            CountDownLatch again = new CountDownLatch(1);
            board.onVcpuPowerOn(_ -> again.countDown());
            vm.reset();
            await(again);
        }
    }

    @Test
    void reset_paused_isPausedAfterIt() {
        try (Vm vm = builder().build()) {
            vm.start();
            vcpu(0).awaitIdle();
            vm.pause();
            long runs = vcpu(0).runs();
            CountDownLatch again = new CountDownLatch(1);
            board.onVcpuPowerOn(_ -> again.countDown());
            vm.reset();
            await(again);
            vm.pause();
            assertThat(vm.state()).isEqualTo(VmState.PAUSED);
            assertThat(vcpu(0).runs()).isEqualTo(runs);
            vm.resume();
            vcpu(0).awaitIdle();
        }
    }

    @Test
    void reset_kernelIsGone_isAHostError() {
        try (Vm vm = builder().build()) {
            vm.start();
            vcpu(0).awaitIdle();
            board.onPowerOn(() -> {
                throw new VmmException("kernel is gone");
            });
            vm.reset();
            assertThat(vm.outcome().toCompletableFuture().join())
                    .isInstanceOfSatisfying(
                            VmOutcome.HostError.class,
                            outcome -> assertThat(outcome.cause()).hasMessage("kernel is gone"));
        }
    }

    @Test
    void reset_whileTheBoardLoads_loadsOnceMore() {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch load = new CountDownLatch(1);
        try (Vm vm = builder().build()) {
            vm.start();
            vcpu(0).awaitIdle();
            board.onPowerOn(() -> {
                loading.countDown();
                await(load);
            });
            vm.reset();
            await(loading);
            vm.reset();
            CountDownLatch powered = new CountDownLatch(1);
            board.onVcpuPowerOn(_ -> powered.countDown());
            load.countDown();
            await(powered);
            assertThat(board.platform().powerOns()).isEqualTo(3);
        }
    }

    @Test
    void stop_whileTheBoardLoads_waitsForItAndRunsNothing() {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch load = new CountDownLatch(1);
        Vm vm = builder().build();
        vm.start();
        vcpu(0).awaitIdle();
        board.onPowerOn(() -> {
            loading.countDown();
            await(load);
        });
        vm.reset();
        await(loading);
        long runs = vcpu(0).runs();
        vm.interrupt();
        load.countDown();
        vm.close();
        assertThat(vcpu(0).runs()).isEqualTo(runs);
        assertThat(vm.outcome().toCompletableFuture().join()).isEqualTo(new VmOutcome.Interrupted());
    }
}
