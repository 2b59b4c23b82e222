// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.guest;

import io.microlith.board.boot.BootContext;
import io.microlith.board.boot.BootProtocol;
import io.microlith.board.boot.EntryState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A guest that this module has in its resources, with its source beside it: started in ring 3 of long mode. Immutable.
 */
public final class GuestProgram implements BootProtocol {
    /** The port the guest asks what to do. */
    public static final int CONTROL_PORT = 0xe00;

    /** The ports of a question: four bytes. */
    public static final int CONTROL_PORTS = 4;

    /** The port the guest writes a byte to. */
    public static final int PORT = 0xe10;

    /** The guest-physical address the guest writes four bytes to. */
    public static final long MEMORY = 0xd000_0000L;

    /** The bit of an answer that has the guest write to {@link #MEMORY} and not to {@link #PORT}. */
    public static final int TO_MEMORY = 1 << 31;

    private static final String EXITS = "exits.bin";
    private static final String TOUCHES = "touches.bin";

    /** As the baseline in C has it. */
    private static final long BASE = 0x10_0000;

    private final String name;
    private final byte[] code;

    private GuestProgram(String name, byte[] code) {
        this.name = name;
        this.code = code;
    }

    /** The program of {@code exits.S}, which leaves the guest as often as it is told. */
    public static GuestProgram exits() {
        return load(EXITS);
    }

    /** The program of {@code touches.S}, which touches the pages that it is told, and computes. */
    public static GuestProgram touches() {
        return load(TOUCHES);
    }

    private static GuestProgram load(String name) {
        try (InputStream resource = Objects.requireNonNull(GuestProgram.class.getResourceAsStream(name))) {
            return new GuestProgram(name, resource.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes the program to a file, for programs that are not in Java.
     *
     * @throws IOException if it cannot be written
     */
    public Path writeTo(Path directory) throws IOException {
        return Files.write(directory.resolve(name), code).toAbsolutePath();
    }

    @Override
    public EntryState load(BootContext context) {
        context.memory().write(BASE, code);
        return EntryState.user64(BASE);
    }

    @Override
    public String describe() {
        return name;
    }
}
