// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.error.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The wire into a serial port: the host pushes bytes, the port takes them as its guest reads. It holds
 * {@value #CAPACITY} bytes, so that a guest that does not read costs no more. Bytes pushed before the VM exists wait
 * for it.
 *
 * <p>Any thread. Serves one port at a time.
 */
public final class SerialInput {
    /** The number of bytes it holds. */
    public static final int CAPACITY = 4096;

    private final byte[] ring = new byte[CAPACITY];
    private int head;
    private int count;
    private @Nullable Runnable port;
    private @Nullable Runnable onRoom;

    /** Makes a wire with nothing on it. */
    public SerialInput() {}

    /**
     * Sends bytes to the guest, as many as there is room for.
     *
     * @return how many were taken, from the start
     */
    public int push(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        Runnable reader;
        int taken;
        synchronized (this) {
            taken = Math.min(length, CAPACITY - count);
            for (int i = 0; i < taken; i++) {
                ring[(head + count + i) % CAPACITY] = bytes[offset + i];
            }
            count += taken;
            reader = port;
        }
        // Without the lock: the port takes its own first, and ours inside it.
        if (reader != null && taken > 0) {
            reader.run();
        }
        return taken;
    }

    /**
     * Types a text, in UTF-8: all of it, or nothing if there is no room.
     *
     * @return whether there was
     */
    public boolean type(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            if (bytes.length > CAPACITY - count) {
                return false;
            }
        }
        return push(bytes, 0, bytes.length) == bytes.length;
    }

    /** How many bytes {@link #push} would take. */
    public synchronized int room() {
        return CAPACITY - count;
    }

    /**
     * Sets what is run when there is room after there was none. It runs on a thread of the VM's and must return at
     * once.
     */
    public synchronized void onRoom(Runnable handler) {
        onRoom = handler;
    }

    /** Takes up to {@code length} bytes off the wire. Returns how many. */
    int take(byte[] into, int length) {
        Runnable writer = null;
        int taken;
        synchronized (this) {
            taken = Math.min(length, count);
            for (int i = 0; i < taken; i++) {
                into[i] = ring[(head + i) % CAPACITY];
            }
            head = (head + taken) % CAPACITY;
            if (count == CAPACITY && taken > 0) {
                writer = onRoom;
            }
            count -= taken;
        }
        if (writer != null) {
            writer.run();
        }
        return taken;
    }

    /** Whether there is nothing to take. */
    synchronized boolean isEmpty() {
        return count == 0;
    }

    /** Connects a port, which is told when there is something to take. */
    synchronized void connect(Runnable reader) {
        if (port != null) {
            throw new ConfigException(
                    "serial.input", "it is connected to another port: give each port a SerialInput of its own");
        }
        port = reader;
    }

    /** Takes the port off. */
    synchronized void disconnect() {
        port = null;
        onRoom = null;
    }
}
