// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.KvmHypervisor;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a guest and its host write is noted, all of it and little else. */
@RequiresKvm
class WriteTrackingKvmIT {
    private static final int PAGE = 4096;
    private static final Size MEMORY = Size.mebibytes(32);
    private static final long COUNT = 0x20_0000;
    private static final int SWEEP = 4096;

    /** Writes a page after the other, of 16 MiB from 4 MiB on, and counts them. */
    // 48 ff 04 25 00 00 20 00  incq 0x200000
    // 48 81 c3 00 70 00 00     add $0x7000,%rbx
    // 48 81 e3 ff ff ff 00     and $0xffffff,%rbx
    // 48 ff 83 00 00 40 00     incq 0x400000(%rbx)
    // eb e1                    jmp to the beginning
    private static final UserCode WRITER =
            new UserCode("48ff042500002000" + "4881c300700000" + "4881e3ffffff00" + "48ff8300004000" + "ebe1");

    private static byte[] all(Vm vm) {
        byte[] bytes = new byte[(int) MEMORY.bytes()];
        vm.memory().read(0, bytes, 0, bytes.length);
        return bytes;
    }

    private static BitSet different(byte[] before, byte[] after) {
        BitSet pages = new BitSet();
        for (int page = 0; page < before.length / PAGE; page++) {
            int begin = page * PAGE;
            if (!Arrays.equals(before, begin, begin + PAGE, after, begin, begin + PAGE)) {
                pages.set(page);
            }
        }
        return pages;
    }

    private static void awaitWrites(Vm vm, long more) {
        long end = vm.memory().getLong(COUNT) + more;
        while (vm.memory().getLong(COUNT) < end) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOG", "RING"})
    void changedSince_guestAndHostWrite_hasAllOfIt(WriteTracking how) {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .board(PcBoard.lean())
                        .memory(MEMORY)
                        .pages(PageBacking.SMALL)
                        .trackWrites(how)
                        .boot(WRITER)
                        .build()) {
            vm.start();
            // The last one is more than a ring holds.
            for (long writes : new long[] {1, 100, SWEEP + 100}) {
                awaitWrites(vm, writes);
                UUID moment = UUID.randomUUID();
                byte[] before;
                try (FrozenVm still = vm.freeze()) {
                    still.mark(moment);
                    before = all(vm);
                }
                awaitWrites(vm, writes);
                int host = (int) writes % 100 + 3;
                vm.memory().putByte(host * (long) PAGE, (byte) writes);
                try (FrozenVm still = vm.freeze()) {
                    BitSet noted = still.changedSince(moment).orElseThrow();
                    BitSet changed = different(before, all(vm));
                    assertThat(changed.get((int) (COUNT / PAGE))).isTrue();
                    assertThat(changed.get(host)).isTrue();
                    assertThat(noted.cardinality()).isBetween(changed.cardinality(), changed.cardinality() + 8);
                    changed.andNot(noted);
                    assertThat(changed.stream()).as("changed and not noted").isEmpty();
                    // Asked again, it has not forgotten.
                    assertThat(still.changedSince(moment)).isEqualTo(Optional.of(noted));
                    assertThat(still.changedSince(UUID.randomUUID())).isEmpty();
                }
            }
        }
    }
}
