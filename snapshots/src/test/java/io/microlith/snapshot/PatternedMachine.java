// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;

/** A machine whose memory is known: every other page is random, from a fixed seed. */
final class PatternedMachine {
    private static final int PAGE = 4096;
    private static final Size MEMORY = Size.bytes(64 << 10);

    private PatternedMachine() {}

    private static byte[] pattern() {
        byte[] bytes = new byte[(int) MEMORY.bytes()];
        Random random = new Random(11);
        byte[] page = new byte[PAGE];
        for (int at = 0; at < bytes.length; at += 2 * PAGE) {
            random.nextBytes(page);
            System.arraycopy(page, 0, bytes, at, PAGE);
        }
        return bytes;
    }

    /** Has something done with such a machine, frozen. */
    static void frozen(Consumer<FrozenVm> action) {
        try (FakeHypervisor host = FakeHypervisor.with();
                Vm vm = VmBuilder.on(host).board(new FakeBoard()).memory(MEMORY).build()) {
            vm.start();
            byte[] pattern = pattern();
            vm.memory().write(0, pattern, 0, pattern.length);
            try (FrozenVm frozen = vm.freeze()) {
                action.accept(frozen);
            }
        }
    }

    /** Asserts that a directory is a whole snapshot of it. */
    static void assertWhole(Path directory) throws IOException {
        Snapshot found = Snapshot.open(directory);
        assertThat(found.state().has("vcpu.0")).isTrue();
        assertThat(Files.readAllBytes(found.memory().file())).isEqualTo(pattern());
    }
}
