// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Builds multiboot headers, and files of a header and code. */
final class MultibootBuilder {
    static final int MAGIC = 0x1badb002;
    static final int ALIGN = 1;
    static final int MEMORY = 2;
    static final int VIDEO = 4;
    static final int ADDRESSES = 1 << 16;

    private MultibootBuilder() {}

    /** A header; {@code addresses} are header, load, load end, bss end and entry, or nothing. */
    static byte[] header(int flags, int... addresses) {
        ByteBuffer header = ByteBuffer.allocate(12 + 4 * addresses.length).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(MAGIC).putInt(flags).putInt(-(MAGIC + flags));
        for (int address : addresses) {
            header.putInt(address);
        }
        return header.array();
    }

    /** A file of {@code before} bytes, a header, and code. */
    static byte[] file(int before, byte[] header, byte[] code) {
        byte[] file = new byte[before + header.length + code.length];
        System.arraycopy(header, 0, file, before, header.length);
        System.arraycopy(code, 0, file, before + header.length, code.length);
        return file;
    }
}
