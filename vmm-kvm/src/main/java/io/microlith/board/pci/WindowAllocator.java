// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.AddressRange;
import java.util.List;
import java.util.OptionalLong;

/** Gives out addresses of windows, from low to high. For one thread. */
final class WindowAllocator {
    private final List<AddressRange> windows;
    private final long[] next;

    WindowAllocator(List<AddressRange> windows) {
        this.windows = windows;
        // Address 0 in a BAR says that it has no address.
        next = windows.stream().mapToLong(window -> Math.max(window.base(), 1)).toArray();
    }

    /**
     * The base of a free range of {@code size} addresses, a multiple of {@code size}, or empty if no window has one.
     */
    OptionalLong take(long size) {
        for (int i = 0; i < next.length; i++) {
            long base = (next[i] + size - 1) & -size;
            if (base > 0 && windows.get(i).contains(base, size)) {
                next[i] = base + size;
                return OptionalLong.of(base);
            }
        }
        return OptionalLong.empty();
    }
}
