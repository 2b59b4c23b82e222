// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.Capability;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmState;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.MemoryBound;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VmTemplateTest {
    private static final long PLACE = 0x4008;
    private static final long PAGE = 4096;

    private final FakeHypervisor host = FakeHypervisor.with(Capability.DIRTY_LOG, Capability.DIRTY_RING);

    @TempDir
    private Path directory;

    @AfterEach
    void assertClean() {
        host.assertClean();
    }

    private VmBuilder machine(Size memory) {
        return VmBuilder.on(host).board(new FakeBoard()).memory(memory).pages(PageBacking.PRIVATE);
    }

    private VmBuilder machine() {
        return machine(Size.bytes(64 << 10));
    }

    private static void start(Vm vm, int number) {
        vm.memory().putInt(PLACE, number);
        vm.start();
    }

    private Vm restored(VmTemplate template) {
        return VmBuilder.on(host).board(new FakeBoard()).restore(template).build();
    }

    private static VmTemplate fork(Vm vm) {
        try (FrozenVm still = vm.freeze()) {
            return VmTemplate.fork(still);
        }
    }

    @Test
    void of_compressedAndMoreThanTheHostHas_isRefusedWithTheNumbers() throws IOException {
        long much = 4L << 40;
        int frame = 16 << 20;
        MachineSection machine = new MachineSection("big", much, 1, 0);
        MemorySection memory = new MemorySection(List.of(new AddressRange(0, much)), List.of(), List.of());
        FrameTable frames = new FrameTable(frame, new int[(int) (much / frame)]);
        Files.write(
                directory.resolve(Snapshot.STATE_FILE),
                StateFile.encode(StateFile.Content.of(
                        new UUID(1, 2), List.of(section(1, machine), section(2, memory), section(5, frames)))));
        Files.createFile(directory.resolve(Snapshot.MEMORY_FILE));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> VmTemplate.of(Snapshot.open(directory)))
                .withMessageContaining("memory: 4096 GiB is more than the ")
                .withMessageContaining(MemoryBound.here().size().toString());
    }

    private static Section section(int type, DeviceState content) {
        return new Section(type, "", ByteString.of(StateCodec.encode(content)));
    }

    @Test
    void fork_parentAndChildrenGoOn_noneSeesWhatAnotherWrites() {
        try (Vm parent = machine().build();
                Vm first = machine().build();
                Vm second = machine().build()) {
            start(parent, 1);
            try (VmTemplate template = fork(parent)) {
                parent.memory().putInt(PLACE, 2);
                template.attachTo(first);
                first.memory().putInt(PLACE, 3);
                template.attachTo(second);
            }
            first.start();
            second.start();
            assertThat(parent.memory().getInt(PLACE)).isEqualTo(2);
            assertThat(first.memory().getInt(PLACE)).isEqualTo(3);
            assertThat(second.memory().getInt(PLACE)).isEqualTo(1);
        }
    }

    @Test
    void attachTo_machineThatRan_isAsItWasAgain() {
        try (Vm parent = machine().build();
                Vm child = machine().build()) {
            start(parent, 1);
            try (VmTemplate template = fork(parent)) {
                template.attachTo(child);
                child.start();
                for (int i = 0; i < 3; i++) {
                    child.memory().putInt(PLACE, 9);
                    template.attachTo(child);
                    assertThat(child.memory().getInt(PLACE)).isEqualTo(1);
                    assertThat(child.state()).isEqualTo(VmState.RUNNING);
                }
            }
        }
    }

    /** Of a machine, its children and theirs. */
    @ParameterizedTest
    @EnumSource(WriteTracking.class)
    void fork_machineExcludesMemory_childrenHaveZerosThere(WriteTracking tracking) {
        AddressRange secret = new AddressRange(PLACE & -PAGE, 2 * PAGE);
        long beside = PLACE + 2 * PAGE;
        try (Vm parent = machine()
                        .excludeFromSnapshots(secret)
                        .trackWrites(tracking)
                        .build();
                Vm shell = machine()
                        .excludeFromSnapshots(secret)
                        .trackWrites(tracking)
                        .build();
                Vm unaware = machine().build()) {
            start(parent, 5);
            parent.memory().putInt(beside, 6);
            try (VmTemplate template = fork(parent);
                    Vm child = restored(template)) {
                child.start();
                assertThat(child.memory().getInt(PLACE)).isZero();
                assertThat(child.memory().getInt(beside)).isEqualTo(6);
                child.memory().putInt(PLACE, 7);
                try (VmTemplate again = fork(child)) {
                    again.attachTo(shell);
                    shell.memory().putInt(PLACE, 8);
                    again.attachTo(shell);
                    assertThatExceptionOfType(ConfigException.class)
                            .isThrownBy(() -> again.attachTo(unaware))
                            .withMessageContaining("excludeFromSnapshots: the machine that was saved excludes ");
                }
                assertThat(shell.memory().getInt(PLACE)).isZero();
                assertThat(shell.memory().getInt(beside)).isEqualTo(6);
                assertThat(child.memory().getInt(PLACE)).isEqualTo(7);
            }
            assertThat(parent.memory().getInt(PLACE)).isEqualTo(5);
        }
    }

    @Test
    void build_excludedMemoryIsNone_isRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> machine()
                        .excludeFromSnapshots(new AddressRange(60 << 10, 8 << 10))
                        .build())
                .withMessageContaining("excludeFromSnapshots: the machine has RAM at ");
    }

    @Test
    void restore_template_isAnotherWayToAClone() {
        try (Vm parent = machine().build()) {
            start(parent, 5);
            try (VmTemplate template = fork(parent);
                    Vm child = restored(template)) {
                child.start();
                assertThat(child.memory().getInt(PLACE)).isEqualTo(5);
                try (VmTemplate again = fork(child);
                        Vm grandchild = machine().build()) {
                    again.attachTo(grandchild);
                    assertThat(grandchild.memory().getInt(PLACE)).isEqualTo(5);
                }
            }
        }
    }

    @Test
    void of_snapshot_isWhatWasSaved() {
        try (Vm parent = machine().build();
                Vm child = machine().build()) {
            start(parent, 7);
            try (FrozenVm still = parent.freeze()) {
                Snapshot.write(still, directory.resolve("saved"));
            }
            try (VmTemplate template = VmTemplate.of(Snapshot.open(directory.resolve("saved")))) {
                template.attachTo(child);
            }
            assertThat(child.memory().getInt(PLACE)).isEqualTo(7);
        }
    }

    /** Few pages are copied back, and of many the machine lets go; runs of changes that are long are mapped. */
    @Test
    void attachTo_trackedMachineOnAChain_isAsItWasAgain() {
        int pages = 256;
        Random random = new Random(17);
        try (Vm parent = machine(Size.bytes(pages * PAGE)).build();
                Vm child = machine(Size.bytes(pages * PAGE))
                        .trackWrites(WriteTracking.LOG)
                        .build()) {
            parent.start();
            try (VmTemplate template = VmTemplate.of(chain(parent, random))) {
                byte[] expected = Contents.of(parent.memory());
                template.attachTo(child);
                child.start();
                for (int count : new int[] {3, 5, 40, 4, 12, 12, 200, 2}) {
                    for (int i = 0; i < count; i++) {
                        Contents.scramble(child.memory(), random.nextInt(pages), random);
                    }
                    assertThat(Contents.of(child.memory())).isNotEqualTo(expected);
                    template.attachTo(child);
                    assertThat(Contents.of(child.memory()))
                            .as("%d pages", count)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private Snapshot chain(Vm vm, Random random) {
        for (int page = 0; page < 200; page += 2) {
            Contents.scramble(vm.memory(), page, random);
        }
        try (FrozenVm still = vm.freeze()) {
            Snapshot base = Snapshot.write(still, directory.resolve("base"));
            for (int page = 20; page < 32; page++) {
                Contents.scramble(vm.memory(), page, random);
            }
            Contents.scramble(vm.memory(), 50, random);
            Snapshot middle = Snapshot.writeChanges(still, base, directory.resolve("middle"));
            Contents.scramble(vm.memory(), 25, random);
            Contents.scramble(vm.memory(), 26, random);
            Contents.scramble(vm.memory(), 251, random);
            return Snapshot.writeChanges(still, middle, directory.resolve("top"));
        }
    }

    @Test
    void take_machinesInStock_becomeTheTemplate() throws InterruptedException {
        try (Vm parent = machine().build();
                ClonePool pool = new ClonePool(2, this::machine)) {
            start(parent, 8);
            pool.awaitFull();
            assertThat(pool.available()).isEqualTo(2);
            try (VmTemplate template = fork(parent);
                    Vm first = pool.take(template);
                    Vm second = pool.take(template)) {
                first.start();
                second.start();
                assertThat(first.memory().getInt(PLACE)).isEqualTo(8);
                assertThat(second.memory().getInt(PLACE)).isEqualTo(8);
                pool.awaitFull();
                assertThat(pool.misses()).isZero();
            }
        }
    }

    private VmBuilder identifiable() {
        return machine().board(new FakeBoard().identifying(CloneIdentity.Aspect.values()));
    }

    private static void assertTaken(ThrowingCallable attachment) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(attachment)
                .withMessageContaining("identity: the machine first has this one");
    }

    @Test
    void attachTo_identityThatAnotherMachineHas_isRefusedUntilThatIsGone() {
        CloneIdentity who = CloneIdentity.fresh();
        try (Vm parent = identifiable().build();
                Vm second = identifiable().build()) {
            start(parent, 1);
            try (VmTemplate template = fork(parent)) {
                try (Vm first = identifiable().id("first").build()) {
                    second.memory().putInt(PLACE, 4);
                    template.attachTo(first, who);
                    assertTaken(() -> template.attachTo(second, who));
                    assertTaken(() -> template.attachTo(second, who.waiveTelling()));
                    assertThat(second.memory().getInt(PLACE)).isEqualTo(4);
                    // The same machine once more; then it is its template, and nobody has it; then another one's.
                    template.attachTo(first, who);
                    assertTaken(() -> template.attachTo(second, who));
                    template.attachTo(first);
                    template.attachTo(second, who);
                    template.attachTo(second, CloneIdentity.fresh());
                    template.attachTo(first, who);
                    assertTaken(() -> template.attachTo(second, who));
                }
                template.attachTo(second, who);
                assertThat(second.memory().getInt(PLACE)).isEqualTo(1);
            }
        }
    }

    @Test
    void take_identityThatAnotherMachineHas_isRefused() {
        CloneIdentity who = CloneIdentity.fresh();
        try (Vm parent = identifiable().build();
                ClonePool pool = new ClonePool(1, () -> identifiable().id("first"))) {
            start(parent, 1);
            try (VmTemplate template = fork(parent)) {
                try (Vm first = pool.take(template, who)) {
                    first.start();
                    assertTaken(() -> pool.take(template, who));
                }
                pool.take(template, who).close();
            }
        }
    }

    @Test
    void take_machinesOfAnotherSize_isRefused() throws InterruptedException {
        try (Vm parent = machine().build();
                ClonePool pool = new ClonePool(1, () -> machine(Size.mebibytes(1)))) {
            start(parent, 8);
            pool.awaitFull();
            try (VmTemplate template = fork(parent)) {
                assertThatExceptionOfType(ConfigException.class)
                        .isThrownBy(() -> pool.take(template))
                        .withMessageContaining("memory: ");
            }
        }
    }

    @Test
    void awaitFull_hostHasNoThreadLeft_saysSo() {
        Supplier<VmBuilder> exhausted = () -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        try (ClonePool pool = new ClonePool(1, exhausted)) {
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(pool::awaitFull);
        }
    }

    @Test
    void take_machinesThatCannotBeBuilt_saysWhy() {
        try (Vm parent = machine().build();
                ClonePool pool = new ClonePool(1, () -> machine().vcpus(0))) {
            start(parent, 8);
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(pool::awaitFull);
            try (VmTemplate template = fork(parent)) {
                assertThatExceptionOfType(ConfigException.class)
                        .isThrownBy(() -> pool.take(template))
                        .withMessageContaining("vcpus");
            }
        }
    }
}
