// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.RegionMemory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** The memory of a PC without the rest of it. */
final class FakeMachine implements AutoCloseable {
    static final long RSDP = 0xe_0000;

    private static final long CONVENTIONAL_END = 0x9_fc00;
    private static final long ABOVE_4G = 1L << 32;

    private final Arena arena = Arena.ofShared();
    private final GuestMemory memory;
    private final List<E820Entry> map = new ArrayList<>();

    private FakeMachine(long low, long high) {
        List<GuestRegion> regions = new ArrayList<>();
        regions.add(GuestRegion.anonymous(0, arena.allocate(low, 4096)));
        map.add(new E820Entry(0, CONVENTIONAL_END, E820Entry.Type.RAM));
        map.add(new E820Entry(CONVENTIONAL_END, 0x10_0000 - CONVENTIONAL_END, E820Entry.Type.RESERVED));
        map.add(new E820Entry(0x10_0000, low - 0x10_0000, E820Entry.Type.RAM));
        if (high > 0) {
            regions.add(GuestRegion.anonymous(ABOVE_4G, arena.allocate(high, 4096)));
            map.add(new E820Entry(ABOVE_4G, high, E820Entry.Type.RAM));
        }
        memory = new RegionMemory(regions);
    }

    static FakeMachine ofMebibytes(long low) {
        return new FakeMachine(low << 20, 0);
    }

    /** With RAM beyond 4 GiB too. */
    static FakeMachine ofMebibytes(long low, long high) {
        return new FakeMachine(low << 20, high << 20);
    }

    GuestMemory memory() {
        return memory;
    }

    BootContext context() {
        return new BootContext(memory, map, RSDP);
    }

    /** Makes all memory what a guest might have left in it. */
    FakeMachine fill(int value) {
        for (GuestRegion region : memory.regions()) {
            region.segment().fill((byte) value);
        }
        return this;
    }

    byte[] bytes(long gpa, int length) {
        byte[] bytes = new byte[length];
        memory.read(gpa, bytes, 0, length);
        return bytes;
    }

    String string(long gpa) {
        return memory.slice(gpa, 4096).getString(0);
    }

    @Override
    public void close() {
        arena.close();
    }
}
