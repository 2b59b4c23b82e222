// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.state;

import io.microlith.kvm.VmBlock;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * The interrupt controllers and the timer chip, as KVM's structs.
 *
 * @param blocks the structs, by what they are of
 */
public record ChipsState(Map<VmBlock, ByteString> blocks) implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 1;

    /** Copies the map. */
    public ChipsState {
        blocks = Map.copyOf(blocks);
    }

    /** Of what {@link io.microlith.kvm.KvmVm#get} gave. */
    public static ChipsState of(Map<VmBlock, byte[]> structs) {
        Map<VmBlock, ByteString> blocks = new EnumMap<>(VmBlock.class);
        structs.forEach((block, bytes) -> blocks.put(block, ByteString.of(bytes)));
        return new ChipsState(blocks);
    }

    /** Reads one, unchecked. */
    public static ChipsState read(StateReader reader) {
        Map<VmBlock, ByteString> blocks = new EnumMap<>(VmBlock.class);
        for (VmBlock block : VmBlock.values()) {
            byte[] bytes = reader.getBytes(tag(block));
            if (bytes.length != 0) {
                blocks.put(block, ByteString.of(bytes));
            }
        }
        return new ChipsState(blocks);
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        for (VmBlock block : VmBlock.values()) {
            ByteString bytes = blocks.get(block);
            if (bytes != null) {
                writer.putBytes(tag(block), bytes.toByteArray());
            }
        }
    }

    /** The field's number in the format: not the place in the enum, which is the order of restoring. */
    private static int tag(VmBlock block) {
        return switch (block) {
            case PIC_PRIMARY -> 1;
            case PIC_SECONDARY -> 2;
            case IO_APIC -> 3;
            case PIT -> 4;
        };
    }

    /**
     * Returns this state if it is one of a board with exactly some chips.
     *
     * @throws InvalidStateException if it is not
     */
    public ChipsState checked(Set<VmBlock> chips) {
        if (!blocks.keySet().equals(chips)) {
            throw new InvalidStateException("ChipsState.blocks", blocks.keySet(), "the chips of this board, " + chips);
        }
        return this;
    }

    /** The structs, for {@link io.microlith.kvm.KvmVm#set}. */
    public Map<VmBlock, byte[]> structs() {
        Map<VmBlock, byte[]> structs = new EnumMap<>(VmBlock.class);
        blocks.forEach((block, bytes) -> structs.put(block, bytes.toByteArray()));
        return structs;
    }
}
