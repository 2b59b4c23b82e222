// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The fields of one state, written behind each other; see {@link StateCodec} for the format. */
final class TlvWriter implements StateWriter {
    private static final int FIRST_CAPACITY = 64;

    private final int depth;
    private ByteBuffer buffer = allocate(FIRST_CAPACITY);
    private int lastTag;

    private TlvWriter(int depth) {
        this.depth = depth;
    }

    static byte[] encode(DeviceState state, int depth) {
        require(depth <= StateCodec.MAX_DEPTH, "states are nested deeper than " + StateCodec.MAX_DEPTH);
        require(state.version() >= 1, "version " + state.version() + " of " + state.getClass() + " is below 1");
        TlvWriter writer = new TlvWriter(depth);
        writer.buffer.putInt(state.version());
        state.writeTo(writer);
        byte[] bytes = new byte[writer.buffer.position()];
        writer.buffer.get(0, bytes);
        return bytes;
    }

    @Override
    public StateWriter putLong(int tag, long value) {
        field(tag, Long.BYTES).putLong(value);
        return this;
    }

    @Override
    public StateWriter putBoolean(int tag, boolean value) {
        field(tag, 1).put((byte) (value ? 1 : 0));
        return this;
    }

    @Override
    public StateWriter putBytes(int tag, byte[] value) {
        field(tag, value.length).put(value);
        return this;
    }

    @Override
    public StateWriter putState(int tag, DeviceState value) {
        return putBytes(tag, encode(value, depth + 1));
    }

    /** Writes a field's header and returns the buffer with room for its value. */
    private ByteBuffer field(int tag, int length) {
        require(tag > lastTag && tag <= StateCodec.MAX_TAG, "tag " + tag + " after tag " + lastTag);
        lastTag = tag;
        reserve(StateCodec.HEADER_SIZE + length);
        return buffer.putShort((short) tag).putInt(length);
    }

    private void reserve(int length) {
        if (buffer.remaining() < length) {
            int needed = Math.addExact(buffer.position(), length);
            int doubled = (int) Math.min(Integer.MAX_VALUE - 8L, 2L * buffer.capacity());
            buffer = allocate(Math.max(needed, doubled)).put(buffer.flip());
        }
    }

    private static ByteBuffer allocate(int capacity) {
        return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
