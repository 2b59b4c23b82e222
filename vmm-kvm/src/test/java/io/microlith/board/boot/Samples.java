// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Content that is recognised when it turns up in memory. */
final class Samples {
    private Samples() {}

    /** Bytes none of which is zero, different for each seed. */
    static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (1 + (i * 31 + i / 255 + seed * 7) % 255);
        }
        return bytes;
    }

    static Path write(Path file, byte[] content) {
        try {
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
