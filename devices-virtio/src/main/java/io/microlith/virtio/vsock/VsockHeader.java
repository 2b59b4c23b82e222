// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.virtio.queue.DescriptorChain;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What comes before the payload of a packet, {@code struct virtio_vsock_hdr}. Made once; used again and again. */
final class VsockHeader {
    static final int SIZE = 44;

    private static final int SOURCE_CID = 0;
    private static final int DESTINATION_CID = 8;
    private static final int SOURCE_PORT = 16;
    private static final int DESTINATION_PORT = 20;
    private static final int LENGTH = 24;
    private static final int TYPE = 28;
    private static final int OPERATION = 30;
    private static final int FLAGS = 32;
    private static final int BUFFER_SIZE = 36;
    private static final int FORWARDED = 40;

    private final ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);

    /** Reads the header of a packet in a chain, once. Returns whether there is one. */
    boolean readFrom(DescriptorChain chain) {
        return chain.read(0, bytes.array(), 0, SIZE);
    }

    /** Writes the header into a chain. Returns whether it has room. */
    boolean writeTo(DescriptorChain chain) {
        return chain.write(0, bytes.array(), 0, SIZE);
    }

    long sourceCid() {
        return bytes.getLong(SOURCE_CID);
    }

    long destinationCid() {
        return bytes.getLong(DESTINATION_CID);
    }

    int sourcePort() {
        return bytes.getInt(SOURCE_PORT);
    }

    int destinationPort() {
        return bytes.getInt(DESTINATION_PORT);
    }

    /** The bytes of the payload, an unsigned number. */
    long length() {
        return Integer.toUnsignedLong(bytes.getInt(LENGTH));
    }

    int type() {
        return Short.toUnsignedInt(bytes.getShort(TYPE));
    }

    int operation() {
        return Short.toUnsignedInt(bytes.getShort(OPERATION));
    }

    int flags() {
        return bytes.getInt(FLAGS);
    }

    /** {@code buf_alloc}: the bytes that the sender has room for in all. */
    int bufferSize() {
        return bytes.getInt(BUFFER_SIZE);
    }

    /** {@code fwd_cnt}: the bytes that it received and passed on, modulo 2^32. */
    int forwarded() {
        return bytes.getInt(FORWARDED);
    }

    /** Begins a packet from the host to a guest, of a stream, with no payload and all else zero. */
    VsockHeader begin(int operation, int hostPort, long guestCid, int guestPort) {
        bytes.putLong(SOURCE_CID, VsockLayout.HOST_CID)
                .putLong(DESTINATION_CID, guestCid)
                .putInt(SOURCE_PORT, hostPort)
                .putInt(DESTINATION_PORT, guestPort)
                .putInt(LENGTH, 0)
                .putShort(TYPE, (short) VsockLayout.TYPE_STREAM)
                .putShort(OPERATION, (short) operation)
                .putInt(FLAGS, 0)
                .putInt(BUFFER_SIZE, 0)
                .putInt(FORWARDED, 0);
        return this;
    }

    VsockHeader length(long length) {
        bytes.putInt(LENGTH, (int) length);
        return this;
    }

    VsockHeader type(int type) {
        bytes.putShort(TYPE, (short) type);
        return this;
    }

    VsockHeader flags(int flags) {
        bytes.putInt(FLAGS, flags);
        return this;
    }

    VsockHeader credit(int bufferSize, int forwarded) {
        bytes.putInt(BUFFER_SIZE, bufferSize).putInt(FORWARDED, forwarded);
        return this;
    }
}
