// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.error.MemoryAccessException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Against arrays of bytes, one a region. */
class RegionMemoryPropertyTest {
    private static final int REGION = 64;
    private static final List<Long> BASES = List.of(0L, 64L, 192L, 1L << 32);

    /** What is done at an address. */
    record Access(int kind, long gpa, long value) {}

    @Property
    void accesses_anySequence_agreeWithTheModel(@ForAll @Size(max = 40) List<@From("accesses") Access> accesses) {
        NavigableMap<Long, ByteBuffer> model = new TreeMap<>();
        try (Arena arena = Arena.ofConfined()) {
            BASES.forEach(base -> model.put(base, ByteBuffer.allocate(REGION).order(ByteOrder.LITTLE_ENDIAN)));
            GuestMemory memory = new RegionMemory(BASES.stream()
                    .map(base -> GuestRegion.anonymous(base, arena.allocate(REGION, 8)))
                    .toList());
            for (Access access : accesses) {
                int width = 1 << access.kind();
                long base = model.floorKey(access.gpa());
                int offset = (int) Math.min(access.gpa() - base, REGION);
                boolean inside = offset <= REGION - width;
                assertThat(memory.contains(access.gpa(), width)).isEqualTo(inside);
                if (inside) {
                    check(memory, access, model.get(base), offset);
                } else {
                    assertThatThrownBy(() -> put(memory, access)).isInstanceOf(MemoryAccessException.class);
                }
            }
            for (long base : BASES) {
                byte[] bytes = new byte[REGION];
                memory.read(base, bytes, 0, REGION);
                assertThat(bytes).isEqualTo(model.get(base).array());
            }
        }
    }

    private static void check(GuestMemory memory, Access access, ByteBuffer model, int offset) {
        switch (access.kind()) {
            case 0 -> assertThat(memory.getByte(access.gpa())).isEqualTo(model.get(offset));
            case 1 -> assertThat(memory.getShort(access.gpa())).isEqualTo(model.getShort(offset));
            case 2 -> assertThat(memory.getInt(access.gpa())).isEqualTo(model.getInt(offset));
            default -> assertThat(memory.getLong(access.gpa())).isEqualTo(model.getLong(offset));
        }
        put(memory, access);
        switch (access.kind()) {
            case 0 -> model.put(offset, (byte) access.value());
            case 1 -> model.putShort(offset, (short) access.value());
            case 2 -> model.putInt(offset, (int) access.value());
            default -> model.putLong(offset, access.value());
        }
    }

    private static void put(GuestMemory memory, Access access) {
        switch (access.kind()) {
            case 0 -> memory.putByte(access.gpa(), (byte) access.value());
            case 1 -> memory.putShort(access.gpa(), (short) access.value());
            case 2 -> memory.putInt(access.gpa(), (int) access.value());
            default -> memory.putLong(access.gpa(), access.value());
        }
    }

    @Property
    void write_partOfAnArray_touchesNothingElse(
            @ForAll @Size(min = 1, max = REGION) byte[] bytes,
            @ForAll @IntRange(max = REGION) int gpa,
            @ForAll @IntRange(max = REGION) int offset) {
        int length = Math.max(0, Math.min(bytes.length - offset, REGION - gpa));
        byte[] expected = new byte[REGION];
        System.arraycopy(bytes, Math.min(offset, bytes.length), expected, Math.min(gpa, REGION - length), length);
        try (Arena arena = Arena.ofConfined()) {
            GuestMemory memory = new RegionMemory(List.of(GuestRegion.anonymous(0, arena.allocate(REGION, 8))));
            memory.write(gpa, bytes, Math.min(offset, bytes.length), length);
            byte[] all = new byte[REGION];
            memory.read(0, all, 0, REGION);
            assertThat(all).isEqualTo(expected);
        }
    }

    @Property
    void contains_anyNumbers_neverThrows(@ForAll long gpa, @ForAll long length) {
        try (Arena arena = Arena.ofConfined()) {
            GuestMemory memory = new RegionMemory(List.of(GuestRegion.anonymous(0, arena.allocate(REGION, 8))));
            boolean expected = gpa >= 0 && length >= 0 && gpa <= REGION && length <= REGION - gpa;
            assertThat(memory.contains(gpa, length)).isEqualTo(expected);
        }
    }

    @Provide
    Arbitrary<Access> accesses() {
        Arbitrary<Long> addresses = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 300),
                Arbitraries.longs().between((1L << 32) - 8, (1L << 32) + REGION + 8));
        return Combinators.combine(Arbitraries.integers().between(0, 3), addresses, Arbitraries.longs())
                .as(Access::new);
    }
}
