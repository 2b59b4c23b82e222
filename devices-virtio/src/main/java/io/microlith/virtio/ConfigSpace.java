// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The bytes of a device's configuration structure (VIRTIO 1.2, 2.5), as a value: a device whose configuration changes
 * makes a new one. Any thread.
 */
public final class ConfigSpace {
    /** No configuration. */
    public static final ConfigSpace EMPTY = new ConfigSpace(new byte[0]);

    private final byte[] bytes;

    private ConfigSpace(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A structure of zeros. */
    public static ConfigSpace ofSize(int size) {
        return new ConfigSpace(new byte[size]);
    }

    /**
     * The same with another value in it, little-endian.
     *
     * @param offset of the field, in bytes
     * @param size of the field: 1 to 8 bytes
     */
    public ConfigSpace with(int offset, int size, long value) {
        byte[] changed = bytes.clone();
        ByteBuffer field = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        field.putLong(value);
        field.get(0, changed, offset, size);
        return new ConfigSpace(changed);
    }

    /** Whether another has the same bytes. */
    boolean isSameAs(ConfigSpace other) {
        return Arrays.equals(bytes, other.bytes);
    }

    /** The number of bytes. */
    public int size() {
        return bytes.length;
    }

    /**
     * Reads, little-endian. The guest chooses both arguments: what is outside the structure is zero.
     *
     * @param size 1 to 8 bytes
     */
    public long read(long offset, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            long at = offset + i;
            if (at >= 0 && at < bytes.length) {
                value |= (bytes[(int) at] & 0xffL) << (i * Byte.SIZE);
            }
        }
        return value;
    }
}
