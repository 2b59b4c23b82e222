// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.error.ConfigException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A file that is no kernel: says what it is instead, if that is known, since it was meant to be one. */
final class UnknownImage {
    private static final int GZIP = 0x8b1f;
    private static final int ZSTD = 0xfd2fb528;
    private static final int XZ = 0x587a37fd;

    /** {@code "ARM\x64"} at offset 56 of an arm64 {@code Image}. */
    private static final int ARM64 = 0x644d5241;

    private static final int ARM64_OFFSET = 56;

    private UnknownImage() {}

    static ConfigException problem(ImageFile file) {
        int length = (int) Math.min(ARM64_OFFSET + Integer.BYTES, file.size());
        ByteBuffer start = ByteBuffer.allocate(ARM64_OFFSET + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(0, file.read("start", 0, length), 0, length);
        return file.broken("is not a kernel: " + guess(start));
    }

    private static String guess(ByteBuffer start) {
        int magic = start.getInt(0);
        if ((magic & 0xffff) == GZIP || magic == ZSTD || magic == XZ) {
            return "it is compressed: decompress it first";
        }
        if (start.getInt(ARM64_OFFSET) == ARM64) {
            return "it is one for arm64";
        }
        return "give a bzImage, an ELF kernel, or a multiboot kernel";
    }
}
