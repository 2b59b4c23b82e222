// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.state;

import io.microlith.kvm.KvmVcpuState;
import io.microlith.kvm.MsrValue;
import io.microlith.kvm.VcpuBlock;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A vCPU, as KVM's structs.
 *
 * @param blocks the structs, by what they are of
 * @param msrs the model-specific registers
 * @param time its clocks
 */
public record ProcessorState(Map<VcpuBlock, ByteString> blocks, List<MsrValue> msrs, GuestTime time)
        implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 1;

    private static final int MSRS_TAG = 1;
    private static final int TIME_TAG = 13;

    /** A number of 32 bits and a value of 64. */
    private static final int MSR_SIZE = Integer.BYTES + Long.BYTES;

    /** Copies the collections. */
    public ProcessorState {
        blocks = Map.copyOf(blocks);
        msrs = List.copyOf(msrs);
    }

    /** Of what a vCPU gave. */
    public static ProcessorState of(KvmVcpuState state, GuestTime time) {
        Map<VcpuBlock, ByteString> blocks = new EnumMap<>(VcpuBlock.class);
        state.blocks().forEach((block, bytes) -> blocks.put(block, ByteString.of(bytes)));
        return new ProcessorState(blocks, state.msrs(), time);
    }

    /**
     * Reads one, unchecked.
     *
     * @throws InvalidStateException if it is malformed
     */
    public static ProcessorState read(StateReader reader) {
        Map<VcpuBlock, ByteString> blocks = new EnumMap<>(VcpuBlock.class);
        for (VcpuBlock block : VcpuBlock.values()) {
            byte[] bytes = reader.getBytes(tag(block));
            if (bytes.length != 0) {
                blocks.put(block, ByteString.of(bytes));
            }
        }
        return new ProcessorState(
                blocks,
                msrs(reader.getBytes(MSRS_TAG)),
                GuestTime.read(reader.getState(TIME_TAG)).checked());
    }

    private static List<MsrValue> msrs(byte[] table) {
        if (table.length % MSR_SIZE != 0) {
            throw new InvalidStateException("ProcessorState.msrs", table.length + " bytes", "12 for each register");
        }
        ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        List<MsrValue> msrs = new ArrayList<>(table.length / MSR_SIZE);
        while (bytes.hasRemaining()) {
            msrs.add(new MsrValue(bytes.getInt(), bytes.getLong()));
        }
        return msrs;
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        ByteBuffer table = ByteBuffer.allocate(msrs.size() * MSR_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        msrs.forEach(msr -> table.putInt(msr.index()).putLong(msr.value()));
        writer.putBytes(MSRS_TAG, table.array());
        for (VcpuBlock block : VcpuBlock.values()) {
            ByteString bytes = blocks.get(block);
            if (bytes != null) {
                writer.putBytes(tag(block), bytes.toByteArray());
            }
        }
        writer.putState(TIME_TAG, time);
    }

    /** The field's number in the format. They rise in the order of the enum, as fields have to. */
    private static int tag(VcpuBlock block) {
        return switch (block) {
            case MP_STATE -> 2;
            case SPECIAL_REGISTERS -> 3;
            case SPECIAL_REGISTERS_2 -> 4;
            case REGISTERS -> 5;
            case FPU -> 6;
            case XCRS -> 7;
            case XSAVE -> 8;
            case XSAVE_2 -> 9;
            case DEBUG_REGISTERS -> 10;
            case LAPIC -> 11;
            case EVENTS -> 12;
        };
    }

    /** The structs, for {@link io.microlith.kvm.KvmVcpu#restore}. */
    public KvmVcpuState structs() {
        Map<VcpuBlock, byte[]> structs = new EnumMap<>(VcpuBlock.class);
        blocks.forEach((block, bytes) -> structs.put(block, bytes.toByteArray()));
        return new KvmVcpuState(structs, msrs);
    }
}
