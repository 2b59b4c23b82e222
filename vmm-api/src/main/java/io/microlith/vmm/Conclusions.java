// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.error.VmmException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a VM when its devices, its vCPUs or the host say something that concerns all of it. Any thread. */
final class Conclusions implements VmControl {
    private static final Logger LOG = LoggerFactory.getLogger(Conclusions.class);

    private final VmConfig config;
    private final RunControl control;
    private final Runnable response;

    /** The machine is one that was saved, and a reset its end. */
    private volatile boolean restored;

    Conclusions(VmConfig config, RunControl control, Runnable response) {
        this.config = config;
        this.control = control;
        this.response = response;
    }

    /** The machine has nothing to start again with from now on. */
    void restored() {
        restored = true;
    }

    @Override
    public void shutdown() {
        end(new VmOutcome.Shutdown(), VmListener::onShutdown);
    }

    @Override
    public void reset() {
        if (config.onReset() == OnReset.END) {
            end(new VmOutcome.Reset(), VmListener::onReset);
        } else {
            resetWanted();
        }
    }

    /** The embedder wants a reset, whatever the guest's would do. */
    void resetWanted() {
        if (restored) {
            end(new VmOutcome.Reset(), VmListener::onReset);
        } else {
            control.reset();
        }
    }

    @Override
    public void exit(int status) {
        end(new VmOutcome.Exited(status), Announcements.NOTHING);
    }

    @Override
    public void panicked(String message) {
        end(new VmOutcome.Panicked(message), listener -> listener.onPanic(message));
    }

    @Override
    public void responded() {
        response.run();
    }

    @Override
    public void fail(RuntimeException cause) {
        hostFailed(cause);
    }

    /** A vCPU cannot go on, for a reason that is the guest's. */
    void vcpuFailed(VmOutcome outcome, VcpuFault fault) {
        end(outcome, listener -> listener.onVcpuFailed(fault));
    }

    /** Host code threw. */
    void hostFailed(Throwable cause) {
        VmmException reported = switch (cause) {
            case VmmException known -> known;
            case InternalError gone ->
                new VmmException("memory mapped from a file is gone: the file was truncated", gone);
            default -> new VmmException("host code failed: " + cause, cause);
        };
        log(end(new VmOutcome.HostError(reported), listener -> listener.onHostError(reported)), cause);
    }

    /** Memory cannot be had any more. Returns as soon as no vCPU runs guest code again, and calls no listener. */
    void memoryFailed(VmmException cause) {
        log(control.endUnheard(new VmOutcome.HostError(cause), listener -> listener.onHostError(cause)), cause);
    }

    private void log(boolean first, Throwable cause) {
        if (first) {
            LOG.error("vm={} ended by a failure of the host", config.id(), cause);
        } else {
            LOG.debug("vm={} host failure after the end", config.id(), cause);
        }
    }

    private boolean end(VmOutcome outcome, Consumer<VmListener> announcement) {
        return control.end(outcome, announcement);
    }
}
