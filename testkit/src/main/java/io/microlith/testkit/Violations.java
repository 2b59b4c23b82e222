// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a user of a fake did against the contract of what it stands for. Any thread. */
final class Violations {
    private final List<String> found = new CopyOnWriteArrayList<>();

    /** Notes one, and throws, so that the test stops there if it can. */
    AssertionError add(String what) {
        found.add(what + " [thread=" + Thread.currentThread().getName() + "]");
        return new AssertionError(what);
    }

    void require(boolean holds, String otherwise) {
        if (!holds) {
            throw add(otherwise);
        }
    }

    List<String> found() {
        return List.copyOf(found);
    }
}
