// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Things to close, the last one first. One that fails to close does not keep the others open. */
final class ResourceStack implements AutoCloseable {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    /** Adds a thing and returns it. */
    <T extends AutoCloseable> T add(T resource) {
        resources.push(resource);
        return resource;
    }

    @Override
    public void close() {
        RuntimeException first = null;
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                first = collect(first, e);
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private static RuntimeException collect(@Nullable RuntimeException first, Exception next) {
        if (first == null) {
            return next instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(next);
        }
        first.addSuppressed(next);
        return first;
    }
}
