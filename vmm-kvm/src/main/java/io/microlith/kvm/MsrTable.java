// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmMsrEntryLayout;
import io.microlith.kvm.abi.KvmMsrsLayout;
import io.microlith.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * MSRs to and from {@code struct kvm_msrs}. KVM works through the list, stops at the first register it refuses, and
 * returns how many it did: a result that is less than the whole names the one it stopped at.
 */
final class MsrTable {
    private MsrTable() {}

    static List<MsrValue> read(KvmFile file, List<Integer> indices) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table =
                    write(arena, indices.stream().map(i -> new MsrValue(i, 0)).toList());
            int done = file.call(KvmIoctl.KVM_GET_MSRS, table, "nmsrs=" + indices.size());
            if (done < indices.size()) {
                throw refused(KvmIoctl.KVM_GET_MSRS, "msr=0x" + Integer.toHexString(indices.get(done)));
            }
            List<MsrValue> values = new ArrayList<>();
            for (int i = 0; i < done; i++) {
                values.add(new MsrValue(indices.get(i), table.get(JAVA_LONG, entry(i) + KvmMsrEntryLayout.DATA)));
            }
            return List.copyOf(values);
        }
    }

    static void store(KvmFile file, List<MsrValue> values) {
        try (Arena arena = Arena.ofConfined()) {
            int done = file.call(KvmIoctl.KVM_SET_MSRS, write(arena, values), "nmsrs=" + values.size());
            if (done < values.size()) {
                throw refused(KvmIoctl.KVM_SET_MSRS, values.get(done).toString());
            }
        }
    }

    private static KvmException refused(KvmIoctl request, String msr) {
        return new KvmException(request.name(), Errno.EINVAL, "refused at " + msr);
    }

    private static MemorySegment write(Arena arena, List<MsrValue> values) {
        MemorySegment table = arena.allocate(KvmMsrsLayout.SIZE + values.size() * KvmMsrEntryLayout.SIZE, 8);
        table.set(JAVA_INT, KvmMsrsLayout.NMSRS, values.size());
        for (int i = 0; i < values.size(); i++) {
            table.set(
                    JAVA_INT, entry(i) + KvmMsrEntryLayout.INDEX, values.get(i).index());
            table.set(
                    JAVA_LONG, entry(i) + KvmMsrEntryLayout.DATA, values.get(i).value());
        }
        return table;
    }

    private static long entry(int index) {
        return KvmMsrsLayout.ENTRIES + index * KvmMsrEntryLayout.SIZE;
    }
}
