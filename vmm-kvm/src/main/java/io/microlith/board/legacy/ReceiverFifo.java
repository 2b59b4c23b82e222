// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.state.ByteString;

/** The bytes a serial port has received and its guest has not read. Guarded by the port's lock. */
final class ReceiverFifo {
    private final byte[] bytes = new byte[SerialRegisters.FIFO_SIZE];
    private int head;
    private int count;

    int count() {
        return count;
    }

    void add(byte value) {
        bytes[(head + count) % bytes.length] = value;
        count++;
    }

    /** Replaces the newest byte. */
    void replaceLast(byte value) {
        bytes[(head + count - 1) % bytes.length] = value;
    }

    /** Takes the oldest byte; 0 if there is none. */
    int take() {
        if (count == 0) {
            return 0;
        }
        int value = Byte.toUnsignedInt(bytes[head]);
        head = (head + 1) % bytes.length;
        count--;
        return value;
    }

    void clear() {
        head = 0;
        count = 0;
    }

    ByteString contents() {
        byte[] contents = new byte[count];
        for (int i = 0; i < count; i++) {
            contents[i] = bytes[(head + i) % bytes.length];
        }
        return ByteString.of(contents);
    }
}
