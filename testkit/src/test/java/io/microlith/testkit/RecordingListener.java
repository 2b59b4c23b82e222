// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.VcpuFault;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.VmState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers all it hears, as text. */
class RecordingListener implements VmListener {
    private final List<String> heard = new CopyOnWriteArrayList<>();

    List<String> heard() {
        return List.copyOf(heard);
    }

    @Override
    public void onState(VmState state) {
        heard.add(state.toString());
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
