// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.util.Random;

/** What is in a machine's memory. */
final class Contents {
    private static final int PAGE = 4096;

    private Contents() {}

    /** All of it, of a machine with one region. */
    static byte[] of(GuestMemory memory) {
        GuestRegion region = memory.regions().getFirst();
        byte[] bytes = new byte[Math.toIntExact(region.size())];
        memory.read(region.gpa(), bytes, 0, bytes.length);
        return bytes;
    }

    /** Writes random bytes over a page. */
    static void scramble(GuestMemory memory, int page, Random random) {
        byte[] bytes = new byte[PAGE];
        random.nextBytes(bytes);
        memory.write((long) page * PAGE, bytes, 0, bytes.length);
    }
}
