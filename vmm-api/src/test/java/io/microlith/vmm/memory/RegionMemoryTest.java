// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.error.MemoryAccessException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegionMemoryTest {
    private static final long HOLE = 0x2000;
    private static final long HIGH = 0x1_0000_0000L;

    private final Arena arena = Arena.ofShared();

    /** Two regions side by side, a hole, and one above 4 GiB. */
    private final GuestMemory memory = new RegionMemory(List.of(region(HIGH), region(0), region(0x1000)));

    private GuestRegion region(long gpa) {
        return GuestRegion.anonymous(gpa, arena.allocate(0x1000, 0x1000));
    }

    @AfterEach
    void closeArena() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    @Test
    void regions_givenInAnyOrder_areByAddress() {
        assertThat(memory.regions()).extracting(GuestRegion::gpa).containsExactly(0L, 0x1000L, HIGH);
        assertThat(memory.size()).isEqualTo(0x3000);
    }

    @Test
    void contains_hole_isFalse() {
        assertThat(memory.contains(HOLE, 1)).isFalse();
        assertThat(memory.contains(HIGH - 1, 1)).isFalse();
        assertThat(memory.contains(HIGH, 0x1000)).isTrue();
        assertThat(memory.contains(HIGH + 0xfff, 1)).isTrue();
        assertThat(memory.contains(HIGH + 0x1000, 1)).isFalse();
    }

    @Test
    void contains_hostileNumbers_isFalse() {
        assertThat(memory.contains(0, -1)).isFalse();
        assertThat(memory.contains(-1, 1)).isFalse();
        assertThat(memory.contains(Long.MIN_VALUE, 1)).isFalse();
        assertThat(memory.contains(0, Long.MAX_VALUE)).isFalse();
        assertThat(memory.contains(0xfff, Long.MAX_VALUE)).isFalse();
        assertThat(memory.contains(Long.MAX_VALUE, Long.MAX_VALUE)).isFalse();
    }

    @Test
    void access_acrossRegions_isRefusedEvenIfTheyTouch() {
        assertThat(memory.contains(0xffc, 8)).isFalse();
        assertThatThrownBy(() -> memory.getLong(0xffc))
                .isInstanceOfSatisfying(MemoryAccessException.class, e -> {
                    assertThat(e.gpa()).isEqualTo(0xffc);
                    assertThat(e.length()).isEqualTo(8);
                })
                .hasMessage("no guest memory [gpa=0xffc length=0x8]");
        assertThatThrownBy(() -> memory.write(0xfff, new byte[2])).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.zero(0, 0x1001)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.slice(0x800, 0x1000)).isInstanceOf(MemoryAccessException.class);
    }

    @Test
    void access_everyKindInTheHole_isRefused() {
        byte[] array = new byte[4];
        assertThatThrownBy(() -> memory.getByte(HOLE)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.getShort(HOLE)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.getInt(HOLE)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.getLong(HOLE)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.putByte(HOLE, (byte) 0)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.putShort(HOLE, (short) 0)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.putInt(HOLE, 0)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.putLong(HOLE, 0)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.loadShortAcquire(HOLE)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.storeShortRelease(HOLE, (short) 0)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.read(HOLE, array, 0, 4)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.read(0, array, 0, -1)).isInstanceOf(MemoryAccessException.class);
    }

    @Test
    void put_values_areLittleEndianAndNeedNoAlignment() {
        memory.putLong(1, 0x0807060504030201L);
        byte[] bytes = new byte[10];
        memory.read(0, bytes, 0, 10);
        assertThat(bytes).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 0);
        assertThat(memory.getInt(3)).isEqualTo(0x06050403);
        assertThat(memory.getShort(7)).isEqualTo((short) 0x0807);
    }

    @Test
    void acquireAndRelease_evenAddress_areLittleEndian() {
        memory.storeShortRelease(HIGH + 2, (short) 0x1234);
        assertThat(memory.getByte(HIGH + 2)).isEqualTo((byte) 0x34);
        assertThat(memory.loadShortAcquire(HIGH + 2)).isEqualTo((short) 0x1234);
    }

    @Test
    void acquireAndRelease_oddAddress_areRefused() {
        assertThatThrownBy(() -> memory.loadShortAcquire(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gpa=0x1 is not a multiple of 2");
        assertThatThrownBy(() -> memory.storeShortRelease(0xfff, (short) 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void read_badArrayRange_isTheCallersError() {
        assertThatThrownBy(() -> memory.read(0, new byte[4], 2, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.write(0, new byte[4], -1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void copy_segment_isBothWays() {
        MemorySegment segment = arena.allocate(8);
        segment.set(ValueLayout.JAVA_INT, 4, 0x04030201);
        memory.write(HIGH + 1, segment, 4, 4);
        assertThat(memory.getInt(HIGH + 1)).isEqualTo(0x04030201);
        memory.read(HIGH + 2, segment, 0, 3);
        assertThat(segment.get(ValueLayout.JAVA_INT, 0)).isEqualTo(0x00040302);
        assertThatThrownBy(() -> memory.read(HOLE, segment, 0, 4)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.write(HOLE - 1, segment, 0, 4)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.write(0, segment, 0, -1)).isInstanceOf(MemoryAccessException.class);
        assertThatThrownBy(() -> memory.write(0, segment, 6, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void zero_partOfARegion_leavesTheRest() {
        memory.write(0x1000, new byte[] {1, 2, 3, 4});
        memory.zero(0x1001, 2);
        assertThat(memory.getInt(0x1000)).isEqualTo(0x04000001);
    }

    @Test
    void slice_region_isTheMemoryItself() {
        MemorySegment slice = memory.slice(0x1ff0, 0x10);
        assertThat(slice.byteSize()).isEqualTo(0x10);
        memory.putLong(0x1ff8, 7);
        assertThat(slice.get(ValueLayout.JAVA_LONG, 8)).isEqualTo(7);
    }

    @Test
    void access_closed_isRefused() {
        MemorySegment slice = memory.slice(0, 8);
        arena.close();
        assertThatThrownBy(() -> memory.getByte(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> memory.loadShortAcquire(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> memory.read(0, new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> slice.fill((byte) 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void new_overlappingRegions_isRefused() {
        List<GuestRegion> regions = List.of(region(0), GuestRegion.anonymous(0xff8, arena.allocate(16, 8)));
        assertThatThrownBy(() -> new RegionMemory(regions))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("guest regions overlap: 0x0-0xfff and 0xff8-0x1007");
    }

    @Test
    void region_unfitMemory_isRefused() {
        MemorySegment good = arena.allocate(16, 8);
        assertThatThrownBy(() -> GuestRegion.anonymous(0, MemorySegment.ofArray(new byte[16])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GuestRegion.anonymous(0, good.asSlice(0, 0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GuestRegion.anonymous(0, good.asSlice(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GuestRegion.anonymous(4, good)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GuestRegion.anonymous(Long.MAX_VALUE - 7, good))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GuestRegion.anonymous(-8, good)).isInstanceOf(IllegalArgumentException.class);
    }
}
