// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Who uses which RAM during one boot. Whatever is loaded claims its place first, so that nothing lands on anything
 * else.
 */
final class BootMemory {
    private static final long PAGE = 4096;

    private final GuestMemory memory;

    /** Usable RAM by address; neighbours are one range. */
    private final List<AddressRange> ram = new ArrayList<>();

    private final List<Claim> claims = new ArrayList<>();

    private record Claim(String what, AddressRange range) {}

    /** All RAM of the memory map, of which the boot structures have their part. */
    BootMemory(BootContext context) {
        memory = context.memory();
        for (E820Entry entry : context.memoryMap()) {
            if (entry.type() == E820Entry.Type.RAM) {
                addRam(entry.range());
            }
        }
        claims.add(new Claim("the boot structures", BootLayout.BOOT_STRUCTURES));
    }

    private void addRam(AddressRange range) {
        if (!ram.isEmpty()) {
            AddressRange last = ram.getLast();
            long together = last.size() + range.size();
            if (last.last() + 1 == range.base() && memory.contains(last.base(), together)) {
                ram.set(ram.size() - 1, new AddressRange(last.base(), together));
                return;
            }
        }
        ram.add(range);
    }

    GuestMemory memory() {
        return memory;
    }

    /** The end of the RAM that goes on from the first MiB, or that address if there is none. */
    long highMemoryEnd() {
        return ram.stream()
                .filter(range -> range.contains(BootLayout.HIGH_MEMORY, 1))
                .mapToLong(range -> range.last() + 1)
                .findFirst()
                .orElse(BootLayout.HIGH_MEMORY);
    }

    /** The end of the RAM that goes on from address 0, as far as the first MiB goes. */
    long conventionalEnd() {
        return ram.stream()
                .filter(range -> range.base() == 0)
                .mapToLong(range -> Math.min(range.last() + 1, BootLayout.HIGH_MEMORY))
                .findFirst()
                .orElse(0);
    }

    /**
     * Takes addresses a kernel insists on.
     *
     * @param file the file they come from, for the error
     * @param what what goes there: {@code segment 2}
     * @param base any 64 bits
     * @param size any 64 bits but zero
     * @throws ConfigException if they are not RAM, cannot be reached by boot code, or are taken
     */
    AddressRange claim(ImageFile file, String what, long base, long size) {
        if (base < 0 || size <= 0 || size > BootLayout.REACHABLE || base > BootLayout.REACHABLE - size) {
            throw file.broken("has its " + what + " at 0x" + Long.toHexString(base) + ", 0x" + Long.toHexString(size)
                    + " bytes long: not below 4 GiB, where a kernel can be started");
        }
        AddressRange range = new AddressRange(base, size);
        if (ram.stream().noneMatch(usable -> usable.contains(base, size))) {
            throw file.broken(noRam(what, range));
        }
        for (Claim claim : claims) {
            if (claim.range.overlaps(range)) {
                throw file.broken("has its " + what + " at " + range + ", over " + claim.what + " at " + claim.range
                        + ": link it elsewhere");
            }
        }
        claims.add(new Claim("its " + what, range));
        return range;
    }

    private String noRam(String what, AddressRange range) {
        long end = highMemoryEnd();
        if (range.base() >= BootLayout.HIGH_MEMORY && range.last() >= end) {
            long needed = (range.last() >> 20) + 1;
            return "does not fit: its " + what + " is at " + range + ", and the machine's memory there ends at 0x"
                    + Long.toHexString(end) + ": give it at least " + Size.mebibytes(needed);
        }
        return "has its " + what + " at " + range + ", where the machine has no RAM: link it elsewhere";
    }

    /**
     * Takes the highest free pages below a limit.
     *
     * @param size at least 1
     * @param limit the first address not to be used
     * @return where they begin, or empty if there is no such place
     */
    OptionalLong claimHighest(String what, long size, long limit) {
        for (AddressRange range : ram.reversed()) {
            long end = Math.min(range.last() + 1, limit);
            long base = pageDown(end - size);
            while (base >= range.base()) {
                AddressRange wanted = new AddressRange(base, size);
                OptionalLong taken = claims.stream()
                        .map(Claim::range)
                        .filter(wanted::overlaps)
                        .mapToLong(AddressRange::base)
                        .min();
                if (taken.isEmpty()) {
                    claims.add(new Claim(what, wanted));
                    return OptionalLong.of(base);
                }
                base = pageDown(taken.getAsLong() - size);
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Takes the lowest free pages beyond the first MiB that boot code can reach.
     *
     * @param size at least 1
     * @param from the first address to be used
     * @return where they begin, or empty if there is no such place
     */
    OptionalLong claimLowest(String what, long size, long from) {
        for (AddressRange range : ram) {
            long base = pageUp(Math.max(range.base(), from));
            while (range.contains(base, size) && base <= BootLayout.REACHABLE - size) {
                AddressRange wanted = new AddressRange(base, size);
                OptionalLong taken = claims.stream()
                        .map(Claim::range)
                        .filter(wanted::overlaps)
                        .mapToLong(AddressRange::last)
                        .max();
                if (taken.isEmpty()) {
                    claims.add(new Claim(what, wanted));
                    return OptionalLong.of(base);
                }
                base = pageUp(taken.getAsLong() + 1);
            }
        }
        return OptionalLong.empty();
    }

    private static long pageUp(long address) {
        return pageDown(address + (PAGE - 1));
    }

    private static long pageDown(long address) {
        return address & -PAGE;
    }
}
