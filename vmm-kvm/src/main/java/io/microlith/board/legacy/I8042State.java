// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The registers of a keyboard controller.
 *
 * @param status the status register
 * @param data the byte that can be read, or was read last
 * @param command the command that waits for its byte, or 0
 * @param outputPort the output port
 * @param memory its 32 bytes of memory; the first is the command byte
 */
public record I8042State(int status, int data, int command, int outputPort, ByteString memory) implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, status)
                .putLong(2, data)
                .putLong(3, command)
                .putLong(4, outputPort)
                .putBytes(5, memory.toByteArray());
    }

    static I8042State read(StateReader reader) {
        return new I8042State(
                reader.getInt(1, 0),
                reader.getInt(2, 0),
                reader.getInt(3, 0),
                reader.getInt(4, 0),
                ByteString.of(reader.getBytes(5)));
    }

    /** Returns this state if every field is one that the controller can have. */
    I8042State checked() {
        StateCheck.of("I8042State")
                .bits("status", status, I8042Device.STATUS_BITS)
                .bits("data", data, 0xff)
                .require(
                        "command",
                        command,
                        command == 0 || I8042Device.takesByte(command),
                        "0 or a command that takes a byte")
                .bits("outputPort", outputPort, 0xff)
                .inRange("memory", memory.length(), I8042Device.MEMORY_SIZE, I8042Device.MEMORY_SIZE);
        return this;
    }
}
