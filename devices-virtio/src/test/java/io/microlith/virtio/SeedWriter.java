// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the input of a fuzz target, number by number, so that its FuzzedDataProvider reads the same numbers: that
 * takes as many bytes as a range needs, the most significant first, from the end of the input; and if they are no
 * number of the range, it counts them off from the least that is.
 */
public final class SeedWriter {
    private final ByteArrayOutputStream numbers = new ByteArrayOutputStream();

    /** Makes an input of nothing. */
    public SeedWriter() {}

    /** What {@code consumeInt(least, most)} or {@code consumeLong(least, most)} is to return, of numbers from 0. */
    public SeedWriter number(long value, long least, long most) {
        if (least < 0 || value < least || value > most) {
            throw new IllegalArgumentException(value + " is not " + least + " to " + most);
        }
        int bits = Long.SIZE - Long.numberOfLeadingZeros(most - least);
        int bytes = (bits + Byte.SIZE - 1) / Byte.SIZE;
        boolean fits = bytes == Long.BYTES || value >>> (bytes * Byte.SIZE) == 0;
        long raw = fits ? value : value - least;
        if (!fits && raw >= least) {
            throw new IllegalArgumentException("no bytes are read as " + value + " of " + least + " to " + most);
        }
        return put(raw, bytes);
    }

    private SeedWriter put(long raw, int bytes) {
        for (int shift = (bytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            numbers.write((int) (raw >>> shift));
        }
        return this;
    }

    /** What {@code consumeBoolean()} is to return. */
    public SeedWriter truth(boolean value) {
        numbers.write(value ? 1 : 0);
        return this;
    }

    /** What {@code consumeLong()} is to return. */
    public SeedWriter wholeLong(long value) {
        return put(value, Long.BYTES);
    }

    /** What {@code consumeInt()} is to return. */
    public SeedWriter wholeInt(int value) {
        return put(value, Integer.BYTES);
    }

    /** The input. */
    public byte[] bytes() {
        byte[] bytes = numbers.toByteArray();
        for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
            byte swapped = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = swapped;
        }
        return bytes;
    }

    /**
     * Puts the input where the fuzz target finds it, when its stored inputs are played next, and when it is fuzzed.
     *
     * @param target the target's class
     * @param method the target's method
     * @param name what the input is called
     */
    public void save(Class<?> target, String method, String name) {
        save(bytes(), target, method, name);
    }

    /** The same with an input that is no row of numbers. */
    public static void save(byte[] input, Class<?> target, String method, String name) {
        Path directory = Path.of("target", "test-classes")
                .resolve(target.getName().replace('.', '/') + "Inputs")
                .resolve(method);
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve(name), input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
