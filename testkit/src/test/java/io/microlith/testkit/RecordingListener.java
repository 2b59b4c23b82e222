// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.VcpuFault;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.VmState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Remembers all it hears, as text. */
class RecordingListener implements VmListener {
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    List<String> heard() {
        return List.copyOf(heard);
    }

    /** All of a VM's life, once it is over: who closes a VM does not wait for a listener's call on another thread. */
    List<String> heardToTheEnd() {
        try {
            assertThat(closed.await(10, TimeUnit.SECONDS))
                    .as("CLOSED after %s", heard)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return heard();
    }

    @Override
    public void onState(VmState state) {
        heard.add(state.toString());
        if (state == VmState.CLOSED) {
            closed.countDown();
        }
    }

    @Override
    public void onShutdown() {
        heard.add("shutdown");
    }

    @Override
    public void onReset() {
        heard.add("reset");
    }

    @Override
    public void onResponded() {
        heard.add("responded");
    }

    @Override
    public void onPanic(String message) {
        heard.add("panic " + message);
    }

    @Override
    public void onVcpuFailed(VcpuFault fault) {
        heard.add("vcpu " + fault.vcpu() + " " + fault.reason());
    }

    @Override
    public void onHostError(RuntimeException cause) {
        heard.add("host " + cause.getMessage());
    }

    @Override
    public void onUnmappedAccess(String description, long count) {
        heard.add(description + " #" + count);
    }
}
