// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.linux.DataExtents;
import io.microlith.testkit.RequiresUserFaultFd;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots of what has changed since another one. */
class ChangesTest extends ChangingMachine {
    @Test
    void writeChanges_somePages_hasThemAlone() {
        put(vm, 3, 1);
        put(vm, 4, 1);
        put(vm, 9, 1);
        Snapshot base = write(vm);
        put(vm, 4, 2);
        put(vm, 200, 2);
        put(vm, 9, 0);

        Snapshot changes = changes(vm, base);

        assertThat(changes.ownPages()).isEqualTo(3);
        assertThat(changes.base()).containsSame(base);
        assertThat(changes.memory().file()).hasSize(3 * PAGE);
        assertRestored(changes, Contents.of(vm.memory()));
    }

    @Test
    @RequiresUserFaultFd
    void restore_changesPageByPage_hasThem() {
        Snapshot base = write(vm);
        for (int page = 0; page < PAGES; page += 3) {
            put(vm, page, page);
        }
        Snapshot packed = changes(vm, base, SnapshotSettings.DEFAULT.compressed());
        for (int page = 0; page < PAGES; page += 8) {
            put(vm, page, -page);
        }
        Snapshot last = changes(vm, packed);
        byte[] memory = Contents.of(vm.memory());
        Recording recording = new Recording(last);
        try (Vm again = builder().restore(last.restoration(recording)).build()) {
            for (int page = 0; page < PAGES; page += 5) {
                assertThat(again.memory().getInt(page * (long) PAGE + 40))
                        .isEqualTo(vm.memory().getInt(page * (long) PAGE + 40));
            }
            recording.save();
        }
        for (RestoreStrategy strategy : List.of(
                RestoreStrategy.LAZY, RestoreStrategy.PREFETCH, RestoreStrategy.OVERLAPPED, RestoreStrategy.DIRECT)) {
            try (Vm again = builder().restore(last.restoration(strategy)).build()) {
                assertThat(Contents.of(again.memory())).as(strategy.toString()).isEqualTo(memory);
            }
        }
        // What never came is not looked at.
        try (Vm again =
                builder().restore(last.restoration(RestoreStrategy.LAZY)).build()) {
            again.start();
            put(again, 77, 77);
            long[] total = {0};
            Snapshot next = changes(again, last, SnapshotSettings.DEFAULT.progress((_, all) -> total[0] = all));
            assertThat(total[0]).isLessThan(20 * PAGE);
            assertThat(next.ownPages()).isEqualTo(1);
            assertRestored(next, Contents.of(again.memory()));
        }
    }

    @Test
    void writeChanges_nothingChanged_hasNone() {
        put(vm, 3, 1);
        Snapshot base = write(vm);
        Snapshot changes = changes(vm, base);
        assertThat(changes.ownPages()).isZero();
        assertRestored(changes, Contents.of(vm.memory()));
    }

    /** A page that was written as it was is not another one. */
    @ParameterizedTest
    @EnumSource(WriteTracking.class)
    void writeChanges_chain_eachIsItsMoment(WriteTracking tracking) {
        try (Vm machine = machine(tracking)) {
            Snapshot[] chain = new Snapshot[6];
            byte[][] moments = new byte[chain.length][];
            chain[0] = write(machine);
            moments[0] = Contents.of(machine.memory());
            for (int i = 1; i < chain.length; i++) {
                for (int write = 0; write < 40; write++) {
                    int page = random.nextInt(PAGES);
                    if (write % 2 == 0) {
                        put(machine, page, random.nextInt(3));
                    } else {
                        guestPuts(machine, page, random.nextInt(3));
                    }
                }
                machine.memory().discard(random.nextInt(PAGES) * (long) PAGE, PAGE);
                SnapshotSettings settings =
                        i % 2 == 0 ? SnapshotSettings.DEFAULT.compressed() : SnapshotSettings.DEFAULT;
                chain[i] = changes(machine, chain[i - 1], settings);
                moments[i] = Contents.of(machine.memory());
                assertThat(chain[i].ownPages()).isLessThanOrEqualTo(41);
            }
            for (int i = 0; i < chain.length; i++) {
                assertRestored(chain[i], moments[i]);
            }
            Snapshot merged = chain[5].merge(next(), SnapshotSettings.DEFAULT);
            assertThat(merged.base()).isEmpty();
            assertThat(merged.id()).isEqualTo(chain[5].id());
            assertRestored(merged, moments[5]);
            put(machine, 7, 77);
            assertRestored(changes(machine, merged), Contents.of(machine.memory()));
        }
    }

    @Test
    void writeChanges_writesAreTracked_looksAtThoseAlone() {
        try (Vm machine = machine(WriteTracking.LOG)) {
            Snapshot base = write(machine);
            put(machine, 5, 1);
            guestPuts(machine, 6, 1);
            try (FrozenVm still = machine.freeze()) {
                assertThat(still.changedSince(base.id()))
                        .hasValueSatisfying(pages -> assertThat(pages.stream()).containsExactly(5, 6));
            }
            long[] total = {0};
            Snapshot next = changes(machine, base, SnapshotSettings.DEFAULT.progress((_, all) -> total[0] = all));
            assertThat(total[0]).isEqualTo(2 * PAGE);
            // Neither the one before, since when writes were forgotten, nor one of somebody else.
            try (FrozenVm still = machine.freeze()) {
                assertThat(still.changedSince(base.id())).isEmpty();
                assertThat(still.changedSince(next.id()).orElseThrow().isEmpty())
                        .isTrue();
            }
        }
    }

    @Test
    void writeChanges_machineWasRestoredByMapping_looksAtWhatItHasForItself() {
        put(vm, 3, 1);
        Snapshot base = write(vm);
        try (Vm again =
                builder().restore(base.restoration(RestoreStrategy.MAPPED)).build()) {
            again.start();
            put(again, 100, 1);
            long[] total = {0};
            Snapshot next = changes(again, base, SnapshotSettings.DEFAULT.progress((_, all) -> total[0] = all));
            assertThat(total[0]).isEqualTo(PAGE);
            assertThat(next.ownPages()).isEqualTo(1);
            put(again, 101, 1);
            Snapshot last = changes(again, next, SnapshotSettings.DEFAULT.progress((_, all) -> total[0] = all));
            assertThat(total[0]).isEqualTo(2 * PAGE);
            assertThat(last.ownPages()).isEqualTo(1);
            assertRestored(last, Contents.of(again.memory()));
        }
    }

    @Test
    void writeChanges_machineBecameAnother_isComparedWithThat() {
        put(vm, 3, 1);
        Snapshot base = write(vm);
        put(vm, 3, 2);
        Snapshot other = write(vm);
        try (Vm machine = builder()
                        .restore(base.restoration(RestoreStrategy.MAPPED))
                        .trackWrites(WriteTracking.LOG)
                        .build();
                VmTemplate template = VmTemplate.of(other)) {
            machine.start();
            put(machine, 50, 1);
            template.attachTo(machine);
            put(machine, 51, 1);
            Snapshot changes = changes(machine, other);
            assertThat(changes.ownPages()).isEqualTo(1);
            assertRestored(changes, Contents.of(machine.memory()));
            assertRestored(changes(machine, base), Contents.of(machine.memory()));
        }
    }

    @Test
    void writeChanges_ofMemoryThatWasNotTouched_takesNone() throws IOException {
        Snapshot base = write(vm);
        Snapshot changes = changes(vm, base);
        assertThat(changes.ownPages()).isZero();
        long[] taken = {0};
        var region = vm.memory().regions().getFirst();
        DataExtents.visit(region.file().orElseThrow(), 0, region.size(), (begin, end) -> taken[0] += end - begin);
        assertThat(taken[0]).isZero();
    }

    @Test
    void writeChanges_tooManyBelow_isRefusedUntilTheyAreMerged() {
        Snapshot last = write(vm);
        for (int i = 0; i < Snapshot.MOST_LAYERS; i++) {
            put(vm, i, 1);
            last = changes(vm, last);
        }
        assertRestored(last, Contents.of(vm.memory()));
        Snapshot most = last;
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> changes(vm, most))
                .withMessageContaining("merge it first");
        assertRestored(changes(vm, last.merge(next(), SnapshotSettings.DEFAULT)), Contents.of(vm.memory()));
    }
}
