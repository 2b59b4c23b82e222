// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.VirtioContext;

/**
 * Which queue is for what. The first two are always there. Of the others the specification gives each its place,
 * whether those before it are there or not (VIRTIO 1.2, 5.5.2); QEMU and most releases of Linux number those that are
 * there. Where it makes a difference, the queues that the driver enabled tell the one from the other.
 */
final class QueueRoles {
    static final int COUNT = 5;

    /** In both ways of counting. */
    static final int STATISTICS = 2;

    private static final Role[] FIXED = {Role.INFLATE, Role.DEFLATE, Role.STATISTICS, Role.HINTING, Role.REPORTING};

    /** What a queue is for. */
    enum Role {
        /** Pages that go into the balloon. */
        INFLATE(0),
        /** Pages that come out of it. */
        DEFLATE(0),
        /** What the guest says of its memory. */
        STATISTICS(BalloonLayout.F_STATS_VQ),
        /** Hints at free pages. */
        HINTING(BalloonLayout.F_FREE_PAGE_HINT),
        /** Reports of free pages. */
        REPORTING(BalloonLayout.F_REPORTING),
        /** Nothing. */
        NONE(0);

        private final long feature;

        Role(long feature) {
            this.feature = feature;
        }
    }

    private QueueRoles() {}

    static Role of(int queue, VirtioContext context) {
        return areFixed(context) ? fixed(queue, context) : counted(queue, context);
    }

    private static boolean areFixed(VirtioContext context) {
        int accepted = 0;
        for (Role role : FIXED) {
            accepted += context.has(role.feature) ? 1 : 0;
        }
        int last = COUNT - 1;
        while (last > 0 && context.queue(last).size() == 0) {
            last--;
        }
        return last >= accepted;
    }

    private static Role fixed(int queue, VirtioContext context) {
        Role role = FIXED[queue];
        return context.has(role.feature) ? role : Role.NONE;
    }

    private static Role counted(int queue, VirtioContext context) {
        int left = queue;
        for (Role role : FIXED) {
            if (context.has(role.feature) && left-- == 0) {
                return role;
            }
        }
        return Role.NONE;
    }
}
