// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.virtio.ConfigSpace;
import java.util.List;

/** Numbers of the socket device (VIRTIO 1.2, 5.10). */
final class VsockLayout {
    static final int DEVICE_TYPE = 19;

    /** VIRTIO_VSOCK_F_STREAM. */
    static final long F_STREAM = 1;

    /** The queue with buffers for the guest to receive with. */
    static final int RX = 0;

    /** The queue with what the guest sends. */
    static final int TX = 1;

    /** The queue with buffers for events. */
    static final int EVENT = 2;

    static final int QUEUE_SIZE = 256;
    static final List<Integer> QUEUE_SIZES = List.of(QUEUE_SIZE, QUEUE_SIZE, 16);

    /** The host's own context id. */
    static final long HOST_CID = 2;

    static final int TYPE_STREAM = 1;

    static final int OP_REQUEST = 1;
    static final int OP_RESPONSE = 2;
    static final int OP_RST = 3;
    static final int OP_SHUTDOWN = 4;
    static final int OP_RW = 5;
    static final int OP_CREDIT_UPDATE = 6;
    static final int OP_CREDIT_REQUEST = 7;

    /** In the flags of OP_SHUTDOWN: who sends it receives no more. */
    static final int SHUTDOWN_RECEIVE = 1;

    /** In the flags of OP_SHUTDOWN: who sends it sends no more. */
    static final int SHUTDOWN_SEND = 2;

    static final int SHUTDOWN_BOTH = SHUTDOWN_RECEIVE | SHUTDOWN_SEND;

    /** VIRTIO_VSOCK_EVENT_TRANSPORT_RESET, as bytes: connections are gone, and the CID may be another one. */
    static final byte[] TRANSPORT_RESET = new byte[Integer.BYTES];

    private VsockLayout() {}

    static ConfigSpace config(long cid) {
        return ConfigSpace.ofSize(Long.BYTES).with(0, Long.BYTES, cid);
    }
}
