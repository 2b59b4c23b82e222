// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the machine's memory is. The memory file has the ranges one after the other.
 *
 * @param ranges the guest-physical addresses, rising
 */
record MemorySection(List<AddressRange> ranges) implements DeviceState {
    private static final int VERSION = 1;
    private static final int RANGE_SIZE = 2 * Long.BYTES;

    MemorySection {
        ranges = List.copyOf(ranges);
    }

    /**
     * Reads and checks one.
     *
     * @throws InvalidStateException if it is malformed, or no memory is like that
     */
    static MemorySection read(StateReader reader) {
        byte[] table = reader.getBytes(1);
        require(table.length != 0 && table.length % RANGE_SIZE == 0, table.length + " bytes", "16 for each range");
        ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        List<AddressRange> ranges = new ArrayList<>();
        long end = 0;
        while (bytes.hasRemaining()) {
            long base = bytes.getLong();
            long size = bytes.getLong();
            require(
                    base >= end
                            && size > 0
                            && base % MemoryImage.PAGE == 0
                            && size % MemoryImage.PAGE == 0
                            && size <= Long.MAX_VALUE - base,
                    Long.toHexString(base) + "+" + Long.toHexString(size),
                    "ranges are whole pages and rise");
            ranges.add(new AddressRange(base, size));
            end = base + size;
        }
        return new MemorySection(ranges);
    }

    private static void require(boolean holds, String value, String rule) {
        if (!holds) {
            throw new InvalidStateException("MemorySection.ranges", value, rule);
        }
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        ByteBuffer table = ByteBuffer.allocate(ranges.size() * RANGE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        ranges.forEach(range -> table.putLong(range.base()).putLong(range.size()));
        writer.putBytes(1, table.array());
    }
}
