// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Mapping;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.MemoryAccessException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MappedMemoryTest {
    private static final long GIB = 1L << 30;
    private static final AddressRange LOW = new AddressRange(0, 3 * GIB);
    private static final AddressRange HIGH = new AddressRange(4 * GIB, 13 * GIB);

    /** 16 GiB around a hole, on whatever host: only the touched pages cost something. */
    @Test
    void map_moreThan4GibAroundAHole_costsOnlyWhatIsTouched() throws IOException {
        try (MappedMemory mapped = MappedMemory.map("lazy", List.of(LOW, HIGH), PageBacking.SMALL)) {
            GuestMemory memory = mapped.memory();
            assertThat(memory.size()).isEqualTo(16 * GIB);
            assertThat(memory.contains(3 * GIB, 1)).isFalse();
            memory.putLong(3 * GIB - 8, 1);
            memory.putLong(4 * GIB, 2);
            memory.putLong(17 * GIB - 8, 3);
            assertThat(memory.getLong(3 * GIB - 8)).isEqualTo(1);
            assertThat(memory.getLong(4 * GIB)).isEqualTo(2);
            assertThat(memory.getLong(17 * GIB - 8)).isEqualTo(3);
            assertThat(memory.getLong(8 * GIB)).isZero();
            assertThat(residentKibibytes("memfd:lazy")).isBetween(12L, 1024L);
        }
    }

    @Test
    void map_severalRegions_shareOneFileSideBySide() {
        AddressRange second = new AddressRange(GIB, 8192);
        try (MappedMemory mapped =
                        MappedMemory.map("shared", List.of(new AddressRange(0, 4096), second), PageBacking.SMALL);
                Arena arena = Arena.ofConfined()) {
            List<GuestRegion> regions = mapped.memory().regions();
            assertThat(regions).extracting(GuestRegion::fileOffset).containsExactly(0L, 4096L);
            MemorySegment peer = Mapping.shared(regions.getFirst().file().orElseThrow(), 0, 3 * 4096, arena);
            mapped.memory().putInt(GIB + 4, 99);
            assertThat(peer.get(ValueLayout.JAVA_INT, 4096 + 4)).isEqualTo(99);
        }
    }

    @Test
    void map_transparentHugePages_areAlignedLikeTheGuestsAndWork() {
        List<AddressRange> ranges = List.of(new AddressRange(0, 8L << 20), new AddressRange(4 * GIB, 4096));
        try (MappedMemory mapped = MappedMemory.map("thp", ranges, PageBacking.TRANSPARENT_HUGE)) {
            GuestMemory memory = mapped.memory();
            memory.putLong((8L << 20) - 8, 5);
            memory.putLong(4 * GIB + 4088, 6);
            assertThat(memory.getLong((8L << 20) - 8)).isEqualTo(5);
            assertThat(memory.getLong(4 * GIB + 4088)).isEqualTo(6);
            assertThat(memory.getLong(0)).isZero();
            assertThat(memory.regions())
                    .allSatisfy(region ->
                            assertThat(region.segment().address() % (2L << 20)).isZero());
        }
    }

    @Test
    void discard_pages_readAsZeroAndCostNothing() throws IOException {
        for (PageBacking backing : List.of(PageBacking.SMALL, PageBacking.TRANSPARENT_HUGE)) {
            List<AddressRange> ranges = List.of(new AddressRange(0, 4 << 20), new AddressRange(GIB, 4 << 20));
            try (MappedMemory mapped = MappedMemory.map("discarded", ranges, backing)) {
                GuestMemory memory = mapped.memory();
                memory.slice(0, 4 << 20).fill((byte) 7);
                memory.slice(GIB, 4 << 20).fill((byte) 7);
                assertThat(memory.discard(GIB + 4096, (4 << 20) - 8192)).isZero();
                assertThat(memory.getLong(GIB + 4088)).isEqualTo(0x0707070707070707L);
                assertThat(memory.getLong(GIB + 4096)).isZero();
                assertThat(memory.getLong(GIB + (4 << 20) - 4104)).isZero();
                assertThat(memory.getLong(GIB + (4 << 20) - 4096)).isEqualTo(0x0707070707070707L);
                assertThat(memory.getLong((4 << 20) - 8)).isEqualTo(0x0707070707070707L);
                if (backing == PageBacking.SMALL) {
                    assertThat(residentKibibytes("memfd:discarded")).isBetween(4096L, 4200L);
                }
                memory.putLong(GIB + 8192, 5);
                assertThat(memory.getLong(GIB + 8192)).isEqualTo(5);
                assertThat(memory.discard(0, 0)).isZero();
            }
        }
    }

    /** Whoever has the file mapped sees it. */
    @Test
    void discard_sharedPages_areGoneForAll() {
        List<AddressRange> ranges = List.of(new AddressRange(0, 8192), new AddressRange(GIB, 8192));
        try (MappedMemory mapped = MappedMemory.map("shared", ranges, PageBacking.SMALL);
                Arena arena = Arena.ofConfined()) {
            MemorySegment peer =
                    Mapping.shared(mapped.memory().regions().getFirst().file().orElseThrow(), 0, 16384, arena);
            peer.fill((byte) 1);
            assertThat(mapped.memory().discard(GIB, 4096)).isZero();
            assertThat(peer.get(ValueLayout.JAVA_BYTE, 8191)).isEqualTo((byte) 1);
            assertThat(peer.get(ValueLayout.JAVA_BYTE, 8192)).isZero();
            assertThat(peer.get(ValueLayout.JAVA_BYTE, 12288)).isEqualTo((byte) 1);
        }
    }

    @Test
    void discard_partOfALargerPage_leavesIt() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pages = Mapping.anonymous(4 << 20, 2 << 20, arena);
            GuestMemory memory = new RegionMemory(List.of(GuestRegion.anonymous(0, pages)), 2 << 20);
            pages.fill((byte) 1);
            assertThat(memory.discard(4096, (4 << 20) - 4096)).isZero();
            assertThat(memory.getByte((2 << 20) - 1)).isEqualTo((byte) 1);
            assertThat(memory.getByte(2 << 20)).isZero();
            assertThat(memory.discard(0, 4096)).isZero();
            assertThat(memory.getByte(0)).isEqualTo((byte) 1);
        }
    }

    @Test
    void discard_notPagesInMemory_isRefused() {
        try (MappedMemory mapped = MappedMemory.map("refused", List.of(new AddressRange(0, 8192)), PageBacking.SMALL)) {
            GuestMemory memory = mapped.memory();
            assertThatThrownBy(() -> memory.discard(1, 4096)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> memory.discard(0, 4095)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> memory.discard(4096, 8192)).isInstanceOf(MemoryAccessException.class);
            assertThatThrownBy(() -> memory.discard(0, -4096)).isInstanceOf(MemoryAccessException.class);
            assertThatThrownBy(() -> memory.discard(Long.MIN_VALUE, 4096)).isInstanceOf(MemoryAccessException.class);
        }
    }

    /** Nobody else can have this memory. */
    @Test
    void map_transparentHugePages_haveNoFile() throws IOException {
        AddressRange range = new AddressRange(0, 2L << 20);
        long before = descriptors();
        try (MappedMemory mapped = MappedMemory.map("thp", List.of(range), PageBacking.TRANSPARENT_HUGE)) {
            assertThat(mapped.memory().regions())
                    .singleElement()
                    .satisfies(region -> assertThat(region.file()).isEmpty());
            assertThat(descriptors()).isEqualTo(before);
        }
    }

    @Test
    void map_manyTransparentHugePages_costOnlyWhatIsTouched() {
        try (MappedMemory mapped =
                MappedMemory.map("thp", List.of(new AddressRange(0, 1L << 40)), PageBacking.TRANSPARENT_HUGE)) {
            mapped.memory().putLong((1L << 40) - 8, 7);
            assertThat(mapped.memory().getLong((1L << 40) - 8)).isEqualTo(7);
        }
    }

    /** The pool of most hosts is empty: an error when it is mapped, never a crash when it is touched. */
    @Test
    void map_hugetlbPoolTooSmall_isAConfigExceptionAndLeavesNothing() throws IOException {
        AddressRange terabyte = new AddressRange(0, 1L << 40);
        long before = descriptors();
        assertThatThrownBy(() -> MappedMemory.map("hugetlb", List.of(terabyte), PageBacking.HUGE_2M))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.setting()).isEqualTo("memory"))
                .hasMessageStartingWith("memory: the host has no 1024 GiB to give: ");
        assertThat(descriptors()).isEqualTo(before);
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain("memfd:hugetlb");
    }

    @Test
    void map_unalignedRange_isAConfigExceptionAndLeavesNothing() throws IOException {
        AddressRange odd = new AddressRange(0, 4097);
        AddressRange small = new AddressRange(0, 4096);
        long before = descriptors();
        assertThatThrownBy(() -> MappedMemory.map("odd", List.of(odd), PageBacking.SMALL))
                .isInstanceOf(ConfigException.class)
                .hasMessage("memory: 0x0-0x1000 is not a multiple of 4 KiB");
        assertThatThrownBy(() -> MappedMemory.map("small", List.of(small), PageBacking.HUGE_2M))
                .isInstanceOf(ConfigException.class);
        assertThat(descriptors()).isEqualTo(before);
    }

    @Test
    void map_moreThanTheAddressSpace_isAConfigException() throws IOException {
        AddressRange range = new AddressRange(0, 1L << 60);
        long before = descriptors();
        assertThatThrownBy(() -> MappedMemory.map("vast", List.of(range), PageBacking.SMALL))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("1073741824 GiB")
                .hasMessageContaining("ENOMEM (12)");
        assertThat(descriptors()).isEqualTo(before);
    }

    @Test
    void close_twice_unmapsOnceAndRefusesAccess() throws IOException {
        MappedMemory mapped = MappedMemory.map("closing", List.of(new AddressRange(0, 4096)), PageBacking.SMALL);
        GuestMemory memory = mapped.memory();
        mapped.close();
        mapped.close();
        assertThatThrownBy(() -> memory.getByte(0)).isInstanceOf(IllegalStateException.class);
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain("memfd:closing");
    }

    private static long residentKibibytes(String name) throws IOException {
        long sum = 0;
        boolean ours = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                ours = line.contains(name);
            } else if (ours && line.startsWith("Rss:")) {
                sum += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return sum;
    }

    private static long descriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return list.count();
        }
    }
}
