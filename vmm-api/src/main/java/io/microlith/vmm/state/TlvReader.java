// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import io.microlith.vmm.error.InvalidStateException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The fields of one state, looked up where they are; see {@link StateCodec} for the format. The headers are checked
 * once, at the start, so that every lookup after that stays inside the bytes.
 */
final class TlvReader implements StateReader {
    private static final byte[] NOTHING = {};
    private static final int ABSENT = -1;

    private final String path;
    private final int depth;
    private final ByteBuffer bytes;
    private final int version;

    private TlvReader(String path, int depth, ByteBuffer bytes, int version) {
        this.path = path;
        this.depth = depth;
        this.bytes = bytes;
        this.version = version;
    }

    static TlvReader of(byte[] bytes) {
        return of("state", 1, ByteBuffer.wrap(bytes));
    }

    private static TlvReader of(String path, int depth, ByteBuffer source) {
        ByteBuffer bytes = source.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (depth > StateCodec.MAX_DEPTH) {
            throw new InvalidStateException(path, "nested state", "at most " + StateCodec.MAX_DEPTH + " levels");
        }
        if (bytes.capacity() < StateCodec.VERSION_SIZE) {
            throw new InvalidStateException(path, bytes.capacity() + " bytes", "a version has 4");
        }
        int version = bytes.getInt(0);
        if (version < 1) {
            throw new InvalidStateException(path + ".version", version, "at least 1");
        }
        TlvReader reader = new TlvReader(path, depth, bytes, version);
        reader.checkHeaders();
        return reader;
    }

    private void checkHeaders() {
        int lastTag = 0;
        for (int at = StateCodec.VERSION_SIZE; at < bytes.capacity(); at = next(at)) {
            if (bytes.capacity() - at < StateCodec.HEADER_SIZE) {
                throw new InvalidStateException(path, "bytes after tag " + lastTag, "a field has at least 6");
            }
            int tag = tag(at);
            if (tag <= lastTag) {
                throw new InvalidStateException(path, "tag " + tag + " after tag " + lastTag, "tags rise");
            }
            int length = length(at);
            int room = bytes.capacity() - at - StateCodec.HEADER_SIZE;
            if (length < 0 || length > room) {
                throw new InvalidStateException(
                        field(tag),
                        "length " + Integer.toUnsignedString(length),
                        "at most the " + room + " bytes left");
            }
            lastTag = tag;
        }
    }

    private int tag(int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }

    private int length(int at) {
        return bytes.getInt(at + Short.BYTES);
    }

    private int next(int at) {
        return at + StateCodec.HEADER_SIZE + length(at);
    }

    private String field(int tag) {
        return path + "." + tag;
    }

    /** Where the field's header is, or {@link #ABSENT}. */
    private int find(int tag) {
        for (int at = StateCodec.VERSION_SIZE; at < bytes.capacity(); at = next(at)) {
            if (tag(at) == tag) {
                return at;
            }
        }
        return ABSENT;
    }

    /** The value of a field that has exactly {@code length} bytes. */
    private int valueOf(int tag, int at, int length) {
        if (length(at) != length) {
            throw new InvalidStateException(field(tag), length(at) + " bytes", "has " + length);
        }
        return at + StateCodec.HEADER_SIZE;
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public long getLong(int tag, long otherwise) {
        int at = find(tag);
        return at == ABSENT ? otherwise : bytes.getLong(valueOf(tag, at, Long.BYTES));
    }

    @Override
    public int getInt(int tag, int otherwise) {
        long value = getLong(tag, otherwise);
        if ((int) value != value) {
            throw new InvalidStateException(field(tag), value, "fits 32 bits");
        }
        return (int) value;
    }

    @Override
    public boolean getBoolean(int tag, boolean otherwise) {
        int at = find(tag);
        if (at == ABSENT) {
            return otherwise;
        }
        byte value = bytes.get(valueOf(tag, at, 1));
        if (value != 0 && value != 1) {
            throw new InvalidStateException(field(tag), value, "0 or 1");
        }
        return value == 1;
    }

    @Override
    public byte[] getBytes(int tag) {
        int at = find(tag);
        if (at == ABSENT) {
            return NOTHING;
        }
        byte[] value = new byte[length(at)];
        bytes.get(at + StateCodec.HEADER_SIZE, value);
        return value;
    }

    @Override
    public StateReader getState(int tag) {
        int at = find(tag);
        if (at == ABSENT) {
            return new TlvReader(field(tag), depth + 1, ByteBuffer.allocate(0), version);
        }
        return of(field(tag), depth + 1, bytes.slice(at + StateCodec.HEADER_SIZE, length(at)));
    }
}
