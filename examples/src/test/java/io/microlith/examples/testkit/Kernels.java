// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Kernels for tests, as files. */
public final class Kernels {
    private static final int HEADER_SIZE = 64;
    private static final int PROGRAM_HEADER_SIZE = 56;
    private static final long LOAD = 0x10_0000;

    private Kernels() {}

    /** The multiboot kernel of {@code src/test/guest/console.S}. */
    public static byte[] console() throws IOException {
        try (InputStream resource = Kernels.class.getResourceAsStream("console.bin")) {
            if (resource == null) {
                throw new IllegalStateException("no console.bin beside " + Kernels.class);
            }
            return resource.readAllBytes();
        }
    }

    /** Writes that kernel to a file. */
    public static Path console(Path directory) throws IOException {
        return Files.write(directory.resolve("console.bin"), console());
    }

    /**
     * Writes an uncompressed 64-bit kernel: an ELF file of one segment, whose code is entered at its first byte.
     *
     * @param code in hexadecimal
     */
    public static Path elf(Path file, String code) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(code);
        int start = HEADER_SIZE + PROGRAM_HEADER_SIZE;
        ByteBuffer elf = ByteBuffer.allocate(start + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        // Executable, x86-64, version 1; entry point; program headers behind this header, one of them.
        elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
        elf.putLong(24, LOAD).putLong(32, HEADER_SIZE).putShort(52, (short) HEADER_SIZE);
        elf.putShort(54, (short) PROGRAM_HEADER_SIZE).putShort(56, (short) 1);
        // PT_LOAD, readable and executable; where in the file, in memory, and how much of both.
        elf.putInt(64, 1).putInt(68, 5).putLong(72, start).putLong(80, LOAD).putLong(88, LOAD);
        elf.putLong(96, bytes.length).putLong(104, bytes.length);
        elf.put(start, bytes);
        return Files.write(file, elf.array());
    }
}
