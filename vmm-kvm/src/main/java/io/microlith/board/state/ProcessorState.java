// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.state;

import io.microlith.kvm.CpuidEntry;
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
 * @param cpuid what it answers to CPUID; nothing in version 1, which a machine has that is made anew
 */
public record ProcessorState(
        Map<VcpuBlock, ByteString> blocks, List<MsrValue> msrs, GuestTime time, List<CpuidEntry> cpuid)
        implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 2;

    private static final int MSRS_TAG = 1;
    private static final int TIME_TAG = 13;
    private static final int CPUID_TAG = 14;

    /** A number of 32 bits and a value of 64. */
    private static final int MSR_SIZE = Integer.BYTES + Long.BYTES;

    /** Leaf, subleaf, flags and four registers. */
    private static final int CPUID_ENTRY_SIZE = 7 * Integer.BYTES;

    /** KVM_MAX_CPUID_ENTRIES. */
    private static final int MOST_CPUID_ENTRIES = 256;

    // Intel SDM volume 1, 13.4: the header of an XSAVE area is behind the area of FXSAVE.
    private static final int XSTATE_BV = 512;

    // struct kvm_xcrs: the number of registers, flags, and for each its number, nothing, and its value.
    private static final int FIRST_XCR = 8;
    private static final int XCR_SIZE = 16;

    /** Copies the collections. */
    public ProcessorState {
        blocks = Map.copyOf(blocks);
        msrs = List.copyOf(msrs);
        cpuid = List.copyOf(cpuid);
    }

    /** Of what a vCPU gave. */
    public static ProcessorState of(KvmVcpuState state, GuestTime time, List<CpuidEntry> cpuid) {
        Map<VcpuBlock, ByteString> blocks = new EnumMap<>(VcpuBlock.class);
        state.blocks().forEach((block, bytes) -> blocks.put(block, ByteString.of(bytes)));
        return new ProcessorState(blocks, state.msrs(), time, cpuid);
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
                GuestTime.read(reader.getState(TIME_TAG)).checked(),
                cpuid(reader.getBytes(CPUID_TAG)));
    }

    private static List<CpuidEntry> cpuid(byte[] table) {
        if (table.length % CPUID_ENTRY_SIZE != 0 || table.length > MOST_CPUID_ENTRIES * CPUID_ENTRY_SIZE) {
            throw new InvalidStateException(
                    "ProcessorState.cpuid",
                    table.length + " bytes",
                    "28 for each answer, and at most " + MOST_CPUID_ENTRIES + " answers");
        }
        ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        List<CpuidEntry> cpuid = new ArrayList<>(table.length / CPUID_ENTRY_SIZE);
        while (bytes.hasRemaining()) {
            cpuid.add(new CpuidEntry(
                    bytes.getInt(),
                    bytes.getInt(),
                    bytes.getInt(),
                    bytes.getInt(),
                    bytes.getInt(),
                    bytes.getInt(),
                    bytes.getInt()));
        }
        return cpuid;
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
        writer.putState(TIME_TAG, time).putBytes(CPUID_TAG, cpuidTable());
    }

    private byte[] cpuidTable() {
        ByteBuffer table = ByteBuffer.allocate(cpuid.size() * CPUID_ENTRY_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        cpuid.forEach(entry -> table.putInt(entry.function())
                .putInt(entry.index())
                .putInt(entry.flags())
                .putInt(entry.eax())
                .putInt(entry.ebx())
                .putInt(entry.ecx())
                .putInt(entry.edx()));
        return table.array();
    }

    /** The components of extended state that the guest has switched on; none if it has no XCR0. */
    public long xcr0() {
        ByteBuffer bytes = bytes(VcpuBlock.XCRS);
        int room = (bytes.capacity() - FIRST_XCR) / XCR_SIZE;
        int count = room <= 0 ? 0 : Math.clamp(bytes.getInt(0), 0, room);
        for (int i = 0; i < count; i++) {
            int at = FIRST_XCR + i * XCR_SIZE;
            if (bytes.getInt(at) == 0) {
                return bytes.getLong(at + Long.BYTES);
            }
        }
        return 0;
    }

    /** The components of extended state that are not as at power-on. */
    public long xsaveComponents() {
        ByteBuffer bytes = bytes(blocks.containsKey(VcpuBlock.XSAVE_2) ? VcpuBlock.XSAVE_2 : VcpuBlock.XSAVE);
        return bytes.capacity() < XSTATE_BV + Long.BYTES ? 0 : bytes.getLong(XSTATE_BV);
    }

    private ByteBuffer bytes(VcpuBlock block) {
        byte[] bytes = blocks.getOrDefault(block, ByteString.EMPTY).toByteArray();
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
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
