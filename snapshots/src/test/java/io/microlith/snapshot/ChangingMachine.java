// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.Capability;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.memory.Size;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A machine of a mebibyte, and snapshots of it beside each other. */
abstract class ChangingMachine {
    static final int PAGE = 4096;
    static final int PAGES = 256;

    @TempDir
    Path directory;

    final FakeHypervisor host = FakeHypervisor.with(Capability.DIRTY_LOG, Capability.DIRTY_RING);
    final Random random = new Random(5);
    Vm vm;
    private int count;

    @BeforeEach
    void start() {
        vm = machine(WriteTracking.NONE);
    }

    @AfterEach
    void close() {
        vm.close();
        host.assertClean();
    }

    VmBuilder builder() {
        return VmBuilder.on(host).board(new FakeBoard()).id("machine");
    }

    Vm machine(WriteTracking tracking) {
        Vm made =
                builder().memory(Size.bytes(PAGES * PAGE)).trackWrites(tracking).build();
        made.start();
        return made;
    }

    static void put(Vm machine, int page, int value) {
        machine.memory().putInt(page * (long) PAGE + 40, value);
    }

    /** As a guest does it: nobody here sees it but the hypervisor. */
    void guestPuts(Vm machine, int page, int value) {
        machine.memory().regions().getFirst().segment().set(ValueLayout.JAVA_INT, page * (long) PAGE + 40, value);
        host.vm().guestWrites(page);
    }

    Snapshot write(Vm machine) {
        try (FrozenVm still = machine.freeze()) {
            return Snapshot.write(still, next());
        }
    }

    Snapshot changes(Vm machine, Snapshot base, SnapshotSettings settings) {
        try (FrozenVm still = machine.freeze()) {
            return Snapshot.writeChanges(still, base, next(), settings);
        }
    }

    Snapshot changes(Vm machine, Snapshot base) {
        return changes(machine, base, SnapshotSettings.DEFAULT);
    }

    Path next() {
        return directory.resolve("s" + count++);
    }

    void assertRestored(Snapshot snapshot, byte[] memory) {
        Snapshot found = Snapshot.open(snapshot.directory());
        for (RestoreStrategy strategy : List.of(RestoreStrategy.EAGER, RestoreStrategy.MAPPED, RestoreStrategy.BEST)) {
            try (Vm again = builder().restore(found.restoration(strategy)).build()) {
                assertThat(Contents.of(again.memory())).as(strategy.toString()).isEqualTo(memory);
            }
        }
    }
}
