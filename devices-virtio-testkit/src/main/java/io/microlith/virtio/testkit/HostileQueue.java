// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

/** A queue in which a hostile driver writes what it likes. */
interface HostileQueue {
    /** The most elements of such a queue. */
    int MOST_ELEMENTS = 16;

    /** What it is to a good driver. */
    DriverQueue queue();

    /** The same queue in a machine with a copy of this one's memory. */
    HostileQueue in(GuestHeap elsewhere);

    /** Writes a descriptor of any content. */
    void descriptor(HostileStep step);

    /** Writes an indirect table of any content, and a descriptor that points to it. */
    void indirect(HostileStep step);

    /** Makes something available. */
    void available(HostileStep step);

    /** Makes much more available than there is. */
    void jump(HostileStep step);

    /** Where indirect tables are. */
    static long table(GuestHeap heap) {
        return heap.memory().regions().getFirst().gpa() + 0x1000;
    }
}
