// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.Capability;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.memory.Size;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** A VM on a fake hypervisor, with a device whose accesses a test hears of. */
abstract class VmFixture {
    static final FakeExit WRITE = FakeExit.out(ControlPort.PORT, 1, 0);

    final FakeHypervisor hypervisor = FakeHypervisor.with(Capability.PRE_FAULT);
    final FakeBoard board = new FakeBoard();
    final RecordingListener listener = new RecordingListener();
    final AtomicReference<Consumer<DeviceContext>> onWrite = new AtomicReference<>(_ -> {});
    final ControlPort.Config config =
            ControlPort.Config.of(context -> onWrite.get().accept(context));

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    VmBuilder builder() {
        return VmBuilder.on(hypervisor)
                .board(board)
                .id("test")
                .memory(Size.mebibytes(1))
                .listener(listener)
                .device(new ControlPort.Factory(), config);
    }

    FakeVcpu vcpu(int index) {
        return hypervisor.vm().vcpu(index);
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
