// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.error.VmmException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Things to close, the last one first. One that fails to close does not keep the others open. */
final class ResourceStack implements AutoCloseable {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private @Nullable VmmException failure;

    /** Adds a thing and returns it. */
    <T extends AutoCloseable> T add(T resource) {
        resources.push(resource);
        return resource;
    }

    /**
     * Closes all of them.
     *
     * @throws VmmException the first failure, with the others suppressed in it
     */
    @Override
    public void close() {
        closeAll();
        if (failure != null) {
            throw failure;
        }
    }

    private void closeAll() {
        while (!resources.isEmpty()) {
            boolean done = false;
            try {
                closeOne();
                done = true;
            } finally {
                if (!done) {
                    // An Error is on its way out: the rest is closed all the same.
                    closeAll();
                }
            }
        }
    }

    private void closeOne() {
        try {
            resources.pop().close();
        } catch (Exception e) {
            if (failure != null) {
                failure.addSuppressed(e);
            } else {
                failure = e instanceof VmmException known ? known : new VmmException("closing failed: " + e, e);
            }
        }
    }
}
