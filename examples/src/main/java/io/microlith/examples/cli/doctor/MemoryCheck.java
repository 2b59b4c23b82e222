// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import io.microlith.vmm.memory.Size;
import java.util.List;
import java.util.OptionalLong;

/** Memory for guests: how much there is, and in which pages. */
final class MemoryCheck implements Check {
    private static final String POOL = "sys/kernel/mm/hugepages/hugepages-2048kB/";
    private static final String TRANSPARENT = "sys/kernel/mm/transparent_hugepage/shmem_enabled";
    private static final long ENOUGH_MEBIBYTES = 256;

    private final HostFiles host;

    MemoryCheck(HostFiles host) {
        this.host = host;
    }

    @Override
    public List<Finding> findings() {
        return List.of(available(), transparentPages(), pool());
    }

    private Finding available() {
        OptionalLong kibibytes = host.field("proc/meminfo", "MemAvailable");
        if (kibibytes.isEmpty()) {
            return Finding.note("memory", "/proc/meminfo does not say how much is available", "mount /proc");
        }
        Size size = Size.mebibytes(kibibytes.getAsLong() >> 10);
        String state = size + " available";
        return size.compareTo(Size.mebibytes(ENOUGH_MEBIBYTES)) >= 0
                ? Finding.ok("memory", state)
                : Finding.note("memory", state + ": too little for a Linux guest", "end other programs");
    }

    /** Guest memory is a memfd, so the setting for shared memory counts. */
    private Finding transparentPages() {
        String subject = "2 MiB pages";
        String setting = host.text(TRANSPARENT).orElse("");
        if (setting.contains("[advise]") || setting.contains("[always]") || setting.contains("[within_size]")) {
            return Finding.ok(subject, "transparent ones on request: 'run --pages=thp'");
        }
        return Finding.note(subject, "no transparent ones for guest memory", "as root: echo advise > /" + TRANSPARENT);
    }

    private Finding pool() {
        String subject = "huge page pool";
        long free = host.number(POOL + "free_hugepages").orElse(0);
        if (free > 0) {
            return Finding.ok(subject, Size.mebibytes(2 * free) + " free: 'run --pages=huge'");
        }
        return Finding.note(subject, "empty", "as root, for 256 MiB: echo 128 > /" + POOL + "nr_hugepages");
    }
}
