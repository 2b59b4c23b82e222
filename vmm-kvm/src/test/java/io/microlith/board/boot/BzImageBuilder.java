// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Builds files with the headers of a bzImage: those of Debian's 6.1 kernel, but for sizes. What is wrong about a file
 * is written into it afterwards.
 */
final class BzImageBuilder {
    static final int SETUP_SECTS = 2;
    static final int PAYLOAD = (SETUP_SECTS + 1) * 512;

    private final byte[] payload;
    private final ByteBuffer file;

    /** @param payload the protected-mode code, a multiple of 16 bytes long */
    BzImageBuilder(byte[] payload) {
        this.payload = payload;
        file = ByteBuffer.allocate(PAYLOAD + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < PAYLOAD; at++) {
            file.put(at, (byte) 0xcc); // Whatever is copied by mistake shows.
        }
        file.put(0x1f1, (byte) SETUP_SECTS);
        file.putShort(0x1f2, (short) 1);
        file.putInt(0x1f4, payload.length / 16);
        file.putShort(0x1fe, (short) 0xaa55);
        file.put(0x200, (byte) 0xeb);
        file.put(0x201, (byte) 0x6a);
        file.putInt(0x202, 0x53726448);
        file.putShort(0x206, (short) 0x20f);
        file.put(0x211, (byte) 1);
        file.putInt(0x214, 0x10_0000);
        file.putInt(0x218, 0);
        file.putInt(0x21c, 0);
        file.putInt(0x228, 0);
        file.putInt(0x22c, 0x7fff_ffff);
        file.putInt(0x230, 0x20_0000);
        file.put(0x234, (byte) 1);
        file.put(0x235, (byte) 0x15);
        file.putShort(0x236, (short) 0x7f);
        file.putInt(0x238, 2047);
        file.putLong(0x250, 0);
        file.putLong(0x258, 0x100_0000);
        file.putInt(0x260, 0x40_0000);
        file.put(PAYLOAD, payload);
    }

    BzImageBuilder setupSects(int count) {
        return putByte(0x1f1, count);
    }

    BzImageBuilder prefAddress(long address) {
        file.putLong(0x258, address);
        return this;
    }

    BzImageBuilder initSize(int bytes) {
        return putInt(0x260, bytes);
    }

    BzImageBuilder alignment(int bytes) {
        return putInt(0x230, bytes);
    }

    BzImageBuilder relocatable(int value) {
        return putByte(0x234, value);
    }

    BzImageBuilder xloadflags(int value) {
        return putShort(0x236, value);
    }

    BzImageBuilder putByte(int offset, int value) {
        file.put(offset, (byte) value);
        return this;
    }

    BzImageBuilder putShort(int offset, int value) {
        file.putShort(offset, (short) value);
        return this;
    }

    BzImageBuilder putInt(int offset, int value) {
        file.putInt(offset, value);
        return this;
    }

    byte[] payload() {
        return payload;
    }

    byte[] build() {
        return file.array().clone();
    }
}
