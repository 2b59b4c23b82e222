// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device.pci;

import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The registers of a {@link PciMsix} that are in its BAR. Message control is in configuration space.
 *
 * @param table the entries, 16 bytes each
 * @param pending the pending bits, in whole 64-bit words
 */
public record PciMsixState(ByteString table, ByteString pending) implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 1;

    /** The registers of an entry: two of address, data, and vector control. */
    static final int[] WRITABLE = {~3, -1, -1, 1};

    static final int VECTOR_CONTROL = 3;
    static final int MASKED = 1;

    /** What a function's registers are at power-on: all vectors masked. */
    public static PciMsixState atPowerOn(PciMsixLayout layout) {
        int[] table = new int[WRITABLE.length * layout.vectors()];
        for (int i = VECTOR_CONTROL; i < table.length; i += WRITABLE.length) {
            table[i] = MASKED;
        }
        return new PciMsixState(
                bytes(table), ByteString.of(new byte[(int) layout.pending().size()]));
    }

    static ByteString bytes(int[] table) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * table.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(table);
        return ByteString.of(bytes.array());
    }

    /** The table as registers. */
    int[] registers() {
        int[] registers = new int[table.length() / Integer.BYTES];
        ByteBuffer.wrap(table.toByteArray())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(registers);
        return registers;
    }

    /** Whether a signal of a vector is kept back. */
    boolean isPending(int vector) {
        return (pending.at(vector / Byte.SIZE) >> vector % Byte.SIZE & 1) != 0;
    }

    /** Reads one. Nothing is checked before a {@link PciMsix} is made from it. */
    public static PciMsixState read(StateReader reader) {
        return new PciMsixState(ByteString.of(reader.getBytes(1)), ByteString.of(reader.getBytes(2)));
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putBytes(1, table.toByteArray()).putBytes(2, pending.toByteArray());
    }

    /** Refuses other sizes than the layout's, bits that registers do not have, and vectors that are not there. */
    void check(PciMsixLayout layout) {
        StateCheck check = StateCheck.of("PciMsixState");
        requireSize(check, "table", table, layout.table().size());
        requireSize(check, "pending", pending, layout.pending().size());
        int[] registers = registers();
        for (int i = 0; i < registers.length; i++) {
            long value = Integer.toUnsignedLong(registers[i]);
            check.bits("table", value, Integer.toUnsignedLong(WRITABLE[i % WRITABLE.length]));
        }
        for (int vector = layout.vectors(); vector < Byte.SIZE * pending.length(); vector++) {
            check.require("pending", pending, !isPending(vector), layout.vectors() + " bits");
        }
    }

    private static void requireSize(StateCheck check, String field, ByteString bytes, long size) {
        check.require(field, bytes.length() + " bytes", bytes.length() == size, size + " bytes");
    }
}
