// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a constructor has taken and gives back if it does not come to its end, the last first. One step that throws does
 * not keep the others from being done.
 *
 * <pre>{@code
 * try (Rollback rollback = new Rollback(backend::close)) {
 *     port = config.setup().attach(this, saved, context);
 *     rollback.cancel();
 * }
 * }</pre>
 */
public final class Rollback implements AutoCloseable {
    private final Deque<Runnable> steps = new ArrayDeque<>();

    /** Begins with what gives the first thing back. */
    public Rollback(Runnable first) {
        steps.push(first);
    }

    /** Something more was taken: this gives it back. */
    public void add(Runnable step) {
        steps.push(step);
    }

    /** The constructor came to its end: nothing is given back. */
    public void cancel() {
        steps.clear();
    }

    @Override
    public void close() {
        if (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } finally {
                close();
            }
        }
    }
}
