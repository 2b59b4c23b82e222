// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;

/** The way to the guest: fills the buffers in which it receives. */
final class Output {
    private final VirtioContext context;
    private final long cid;
    private final VsockEvents events;
    private final Landing landing;
    private final VsockHeader header = new VsockHeader();
    private final DescriptorChain chain = new DescriptorChain(VsockLayout.QUEUE_SIZE);

    Output(VirtioContext context, VsockConfig config, Landing landing) {
        this.context = context;
        cid = config.cid();
        events = config.events();
        this.landing = landing;
    }

    /** Sends the first of the resets. Returns whether there was a buffer for it. */
    boolean reset(ResetQueue resets) {
        resets.describe(header, cid);
        return put();
    }

    /** Sends a packet without payload. Returns whether there was a buffer for it. */
    boolean control(Connection connection, int operation, int flags) {
        begin(connection, operation).flags(flags);
        boolean put = put();
        if (put) {
            connection.toHost().announced();
        }
        return put;
    }

    private VsockHeader begin(Connection connection, int operation) {
        HostCredit credit = connection.toHost();
        return header.begin(operation, connection.hostPort(), cid, connection.guestPort())
                .credit(credit.size(), credit.forwarded());
    }

    private boolean put() {
        VirtQueue queue = queue();
        while (context.mayGoOn(VsockLayout.RX) && queue.pop(chain)) {
            boolean fits = header.writeTo(chain);
            queue.addUsed(chain.head(), fits ? VsockHeader.SIZE : 0);
            if (fits) {
                return true;
            }
            events.onViolation();
        }
        return false;
    }

    /**
     * Takes buffers for some bytes, or for fewer. What is taken is delivered or given back.
     *
     * @return whether there may be more of them, if these are none
     */
    boolean fill(long most, int packets) {
        int refused = landing.fill(queue(), most, packets);
        for (int i = 0; i < refused; i++) {
            events.onViolation();
        }
        return refused > 0;
    }

    /** What was taken. */
    Landing landing() {
        return landing;
    }

    /** Sends the first bytes of what was taken. Returns how many packets it were. */
    int deliver(Connection connection, long bytes) {
        int packets = landing.deliver(queue(), bytes, begin(connection, VsockLayout.OP_RW));
        connection.toHost().announced();
        return packets;
    }

    /** Gives what was taken back. */
    void undo() {
        landing.undo(queue());
    }

    private VirtQueue queue() {
        return context.queue(VsockLayout.RX);
    }
}
