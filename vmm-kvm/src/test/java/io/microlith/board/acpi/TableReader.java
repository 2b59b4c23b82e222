// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.vmm.bus.AddressRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Finds tables as a guest does, from the root pointer on, and checks what a guest checks: signatures, lengths,
 * checksums, and that no table is outside the image or inside another. What is wrong is an {@link AssertionError}.
 */
final class TableReader {
    private final byte[] image;
    private final long base;
    private final Map<String, ByteBuffer> tables = new LinkedHashMap<>();
    private final List<AddressRange> ranges = new ArrayList<>();

    private TableReader(AcpiImage image) {
        this.image = image.bytes();
        base = image.address();
    }

    static TableReader of(AcpiImage image) {
        TableReader reader = new TableReader(image);
        reader.read(image.rsdpAddress());
        return reader;
    }

    /** A table by its signature. Positions in it are those of the specification. */
    ByteBuffer table(String signature) {
        ByteBuffer table = tables.get(signature);
        if (table == null) {
            throw new NoSuchElementException(signature + " is not among " + tables.keySet());
        }
        return table;
    }

    /** The signatures of the tables. */
    List<String> signatures() {
        return List.copyOf(tables.keySet());
    }

    private void read(long rsdpAddress) {
        ByteBuffer rsdp = at(rsdpAddress, 36);
        require("RSD PTR ".equals(ascii(rsdp, 0, 8)), "no signature of the root pointer");
        require(rsdpAddress % 16 == 0, "the root pointer is not at a 16th byte");
        require(sum(rsdp, 20) == 0 && sum(rsdp, 36) == 0, "a checksum of the root pointer");
        require(rsdp.get(15) == 2 && rsdp.getInt(20) == 36, "revision or length of the root pointer");
        ByteBuffer xsdt = take(rsdp.getLong(24));
        for (int offset = 36; offset < xsdt.limit(); offset += 8) {
            take(xsdt.getLong(offset));
        }
        ByteBuffer fadt = table("FACP");
        require(fadt.getLong(140) == Integer.toUnsignedLong(fadt.getInt(40)), "two places for the DSDT");
        take(fadt.getLong(140));
        ByteBuffer facs = at(Integer.toUnsignedLong(fadt.getInt(36)), 64);
        require(fadt.getInt(36) % 64 == 0 && "FACS".equals(ascii(facs, 0, 4)) && facs.getInt(4) == 64, "the FACS");
    }

    private ByteBuffer take(long address) {
        ByteBuffer header = at(address, 36);
        int length = header.getInt(4);
        ranges.remove(ranges.size() - 1);
        ByteBuffer table = at(address, length);
        String signature = ascii(table, 0, 4);
        require(sum(table, length) == 0, "the checksum of " + signature);
        require(tables.put(signature, table) == null, signature + " twice");
        return table;
    }

    private ByteBuffer at(long address, int length) {
        long offset = address - base;
        require(offset >= 0 && length > 0 && offset + length <= image.length, "something outside the image");
        AddressRange range = new AddressRange(address, length);
        require(ranges.stream().noneMatch(range::overlaps), range + " overlaps one of " + ranges);
        ranges.add(range);
        return ByteBuffer.wrap(image, (int) offset, length).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String ascii(ByteBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.get(offset, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static int sum(ByteBuffer buffer, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += buffer.get(i);
        }
        return sum & 0xff;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
