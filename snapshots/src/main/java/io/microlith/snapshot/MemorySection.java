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
 * @param left those whose content was left out, and reads as zero
 * @param excluded those of them that the machine's snapshots never have
 */
record MemorySection(List<AddressRange> ranges, List<AddressRange> left, List<AddressRange> excluded)
        implements DeviceState {
    private static final int VERSION = 2;
    private static final int RANGE_SIZE = 2 * Long.BYTES;

    /** Each of them is looked at for much of what else is in the file; boards have two or three. */
    private static final int MOST_RANGES = 1024;

    MemorySection {
        ranges = List.copyOf(ranges);
        left = List.copyOf(left);
        excluded = List.copyOf(excluded);
    }

    /**
     * Reads and checks one.
     *
     * @throws InvalidStateException if it is malformed, or no memory is like that
     */
    static MemorySection read(StateReader reader) {
        byte[] all = reader.getBytes(1);
        require(all.length != 0, "none", "a machine has some");
        require(all.length <= MOST_RANGES * RANGE_SIZE, all.length + " bytes", MOST_RANGES + " ranges at most");
        List<AddressRange> ranges = ranges(all);
        return new MemorySection(
                ranges, inside(ranges, ranges(reader.getBytes(2))), inside(ranges, ranges(reader.getBytes(3))));
    }

    private static List<AddressRange> ranges(byte[] table) {
        require(table.length % RANGE_SIZE == 0, table.length + " bytes", "16 for each range");
        ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        List<AddressRange> found = new ArrayList<>();
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
            found.add(new AddressRange(base, size));
            end = base + size;
        }
        return found;
    }

    /** Both rise. */
    private static List<AddressRange> inside(List<AddressRange> ram, List<AddressRange> some) {
        int at = 0;
        for (AddressRange range : some) {
            while (at < ram.size() && ram.get(at).last() < range.base()) {
                at++;
            }
            require(
                    at < ram.size() && ram.get(at).contains(range),
                    range.toString(),
                    "what is left out is memory of the machine");
        }
        return some;
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
        writer.putBytes(1, table(ranges));
        if (!left.isEmpty()) {
            writer.putBytes(2, table(left));
        }
        if (!excluded.isEmpty()) {
            writer.putBytes(3, table(excluded));
        }
    }

    private static byte[] table(List<AddressRange> all) {
        ByteBuffer table = ByteBuffer.allocate(all.size() * RANGE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        all.forEach(range -> table.putLong(range.base()).putLong(range.size()));
        return table.array();
    }
}
