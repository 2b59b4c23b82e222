// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import java.nio.ByteBuffer;

/** Bytes in the order they came, up to a bound; with the first, there is memory for them. One thread at a time. */
final class ByteRing {
    private static final byte[] NONE = {};

    private final int capacity;
    private byte[] bytes = NONE;
    private int begin;
    private int size;

    ByteRing(int capacity) {
        this.capacity = capacity;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == capacity;
    }

    /** Takes what there is room for from a buffer. Returns how many bytes. */
    int put(ByteBuffer from) {
        int total = 0;
        for (int part = roomTo(from.remaining()); part > 0; part = roomTo(from.remaining())) {
            from.get(bytes, end(), part);
            size += part;
            total += part;
        }
        return total;
    }

    /** Gives a buffer what it has room for. Returns how many bytes. */
    int get(ByteBuffer into) {
        int total = 0;
        for (int part = thereTo(into.remaining()); part > 0; part = thereTo(into.remaining())) {
            into.put(bytes, begin, part);
            take(part);
            total += part;
        }
        return total;
    }

    /** Takes what there is room for from a guest. Returns how many bytes. */
    int put(VsockSource from) {
        int total = 0;
        for (int part = roomTo(from.size()); part > 0; part = roomTo(from.size() - total)) {
            from.get(total, bytes, end(), part);
            size += part;
            total += part;
        }
        return total;
    }

    /** Gives a guest what it has room for. Returns how many bytes. */
    int get(VsockSink into) {
        int total = 0;
        for (int part = thereTo(into.size()); part > 0; part = thereTo(into.size() - total)) {
            into.put(total, bytes, begin, part);
            take(part);
            total += part;
        }
        return total;
    }

    private int end() {
        int end = begin + size;
        return end < bytes.length ? end : end - bytes.length;
    }

    /** The bytes that can be put in one piece. */
    private int roomTo(long most) {
        if (bytes.length == 0) {
            bytes = new byte[capacity];
        }
        int free = bytes.length - size;
        return (int) Math.min(most, Math.min(free, bytes.length - end()));
    }

    /** The bytes that can be taken in one piece. */
    private int thereTo(long most) {
        return (int) Math.min(most, Math.min(size, bytes.length - begin));
    }

    private void take(int count) {
        begin += count;
        if (begin == bytes.length) {
            begin = 0;
        }
        size -= count;
    }
}
