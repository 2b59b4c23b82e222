// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.device.VmControl;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A machine that does nothing but remember what it was asked for. Any thread. */
public final class RecordingVmControl implements VmControl {
    /** One thing that was asked for. */
    public sealed interface Request {
        /** {@link VmControl#shutdown}. */
        record Shutdown() implements Request {}

        /** {@link VmControl#reset}. */
        record Reset() implements Request {}

        /**
         * {@link VmControl#exit}.
         *
         * @param status the guest's status
         */
        record Exit(int status) implements Request {}

        /**
         * {@link VmControl#panicked}.
         *
         * @param message the guest's message
         */
        record Panicked(String message) implements Request {}

        /** {@link VmControl#responded}. */
        record Responded() implements Request {}

        /**
         * {@link VmControl#fail}.
         *
         * @param cause the device's reason
         */
        record Fail(RuntimeException cause) implements Request {}
    }

    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** Makes a machine that nobody asked for anything yet. */
    public RecordingVmControl() {}

    @Override
    public void shutdown() {
        requests.add(new Request.Shutdown());
    }

    @Override
    public void reset() {
        requests.add(new Request.Reset());
    }

    @Override
    public void exit(int status) {
        requests.add(new Request.Exit(status));
    }

    @Override
    public void panicked(String message) {
        requests.add(new Request.Panicked(message));
    }

    @Override
    public void responded() {
        requests.add(new Request.Responded());
    }

    @Override
    public void fail(RuntimeException cause) {
        requests.add(new Request.Fail(cause));
    }

    /** What was asked for, in order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }
}
