// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.RegionMemory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Compares the choice of places with a search through a set of pages. */
class BootMemoryPropertyTest {
    static final int PAGE = 4096;

    /** The boot structures, in pages, and the same amount again. */
    static final int PAGES = 96;

    private record Model(BootMemory places, BitSet free) {}

    @Property(tries = 300)
    void claimHighest_anyMap_isTheHighestFreeRunOfPages(
            @ForAll @Size(max = 12) List<@IntRange(min = 1, max = 12) Integer> runs,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 6 * PAGE) Integer> sizes,
            @ForAll @IntRange(max = PAGES * PAGE) int limit) {
        try (Arena arena = Arena.ofConfined()) {
            Model model = model(arena, runs);
            for (int size : sizes) {
                int pages = (size + PAGE - 1) / PAGE;
                OptionalLong expected = OptionalLong.empty();
                for (int page = 0; page + pages <= PAGES; page++) {
                    if (isFree(model, page, pages) && (long) page * PAGE + size <= limit) {
                        expected = OptionalLong.of((long) page * PAGE);
                    }
                }
                assertThat(model.places.claimHighest("x", size, limit)).isEqualTo(expected);
                expected.ifPresent(base -> take(model, base, pages));
            }
        }
    }

    @Property(tries = 300)
    void claimLowest_anyMap_isTheLowestFreeRunOfPages(
            @ForAll @Size(max = 12) List<@IntRange(min = 1, max = 12) Integer> runs,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 6 * PAGE) Integer> sizes,
            @ForAll @IntRange(max = PAGES * PAGE) int from) {
        try (Arena arena = Arena.ofConfined()) {
            Model model = model(arena, runs);
            for (int size : sizes) {
                int pages = (size + PAGE - 1) / PAGE;
                OptionalLong expected = OptionalLong.empty();
                for (int page = PAGES - pages; page >= 0; page--) {
                    if (isFree(model, page, pages) && (long) page * PAGE >= from) {
                        expected = OptionalLong.of((long) page * PAGE);
                    }
                }
                assertThat(model.places.claimLowest("x", size, from)).isEqualTo(expected);
                expected.ifPresent(base -> take(model, base, pages));
            }
        }
    }

    /** RAM and reserved pages by turns. */
    private static Model model(Arena arena, List<Integer> runs) {
        List<E820Entry> map = new ArrayList<>();
        BitSet free = new BitSet();
        int page = 0;
        for (int run : runs) {
            int pages = Math.min(run * 2, PAGES - page);
            if (pages > 0) {
                boolean ram = map.size() % 2 == 0;
                map.add(new E820Entry(
                        (long) page * PAGE, (long) pages * PAGE, ram ? E820Entry.Type.RAM : E820Entry.Type.RESERVED));
                free.set(page, page + pages, ram);
                page += pages;
            }
        }
        free.clear(0, (int) (BootLayout.BOOT_STRUCTURES.size() / PAGE));
        GuestRegion region = GuestRegion.anonymous(0, arena.allocate((long) PAGES * PAGE));
        return new Model(new BootMemory(new BootContext(new RegionMemory(List.of(region)), map, 0)), free);
    }

    private static boolean isFree(Model model, int page, int pages) {
        int taken = model.free.nextClearBit(page);
        return taken >= page + pages;
    }

    private static void take(Model model, long base, int pages) {
        int page = (int) (base / PAGE);
        model.free.clear(page, page + pages);
    }
}
