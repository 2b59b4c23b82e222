// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import io.microlith.vmm.memory.GuardedMemory;
import io.microlith.vmm.memory.GuestMemory;
import java.util.concurrent.atomic.AtomicInteger;

/** Guest memory, on the way to which something happens at one access of all: while a device is at work. */
final class TrippedMemory extends GuardedMemory {
    private final AtomicInteger left = new AtomicInteger();
    private volatile Runnable what = () -> {};

    TrippedMemory(GuestMemory memory) {
        super(memory);
    }

    /** Has something happen just before an access, on the thread that makes it. */
    void arm(int access, Runnable then) {
        what = then;
        left.set(access);
    }

    /** Whether what was to happen has happened, or is happening. */
    boolean isTripped() {
        return left.get() <= 0;
    }

    @Override
    protected void beforeAccess(long gpa, long length) {
        if (left.get() > 0 && left.decrementAndGet() == 0) {
            what.run();
        }
    }
}
