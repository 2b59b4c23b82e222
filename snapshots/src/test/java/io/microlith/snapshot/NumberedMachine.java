// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A machine of 16 MiB whose pages tell their numbers, but for every tenth, which is of zeros.
 *
 * @param hypervisor what it is on
 * @param directory where its snapshots are
 */
record NumberedMachine(FakeHypervisor hypervisor, Path directory) {
    static final Size MEMORY = Size.mebibytes(16);
    static final int PAGE = 4096;

    Snapshot write(String name) {
        try (Vm vm = VmBuilder.on(hypervisor)
                .board(new FakeBoard())
                .memory(MEMORY)
                .pages(PageBacking.SMALL)
                .build()) {
            vm.start();
            for (int page = 0; page < MEMORY.bytes() / PAGE; page++) {
                if (content(page) != 0) {
                    vm.memory().putLong((long) page * PAGE + 8, content(page));
                }
            }
            try (FrozenVm frozen = vm.freeze()) {
                return Snapshot.write(frozen, directory.resolve(name));
            }
        }
    }

    static long content(int page) {
        return page % 10 == 0 ? 0 : page * 3L;
    }

    Vm restored(Snapshot from, RestoreStrategy strategy) {
        return VmBuilder.on(hypervisor)
                .board(new FakeBoard())
                .restore(from.restoration(strategy))
                .build();
    }

    static void check(GuestMemory memory, int page) {
        assertThat(memory.getLong((long) page * PAGE + 8)).isEqualTo(content(page));
    }

    /** What this process has open. */
    static List<Path> openFiles() throws IOException {
        List<Path> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    open.add(Files.readSymbolicLink(descriptor));
                } catch (NoSuchFileException e) {
                    // Another thread has closed it since it was listed: it is not open.
                }
            }
        }
        return open;
    }
}
