// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmMsrEntryLayout;
import io.microlith.kvm.abi.KvmMsrListLayout;
import io.microlith.kvm.abi.KvmMsrsLayout;
import io.microlith.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * MSRs to and from {@code struct kvm_msrs}. KVM works through the list, stops at the first register it refuses, and
 * returns how many it did: a result that is less than the whole names the one it stopped at.
 */
final class MsrTable {
    /** More than any KVM has. */
    private static final int MOST_INDICES = 1 << 16;

    private MsrTable() {}

    /** Reads all of some registers. */
    static List<MsrValue> read(KvmFile file, List<Integer> indices) {
        List<MsrValue> values = readUntilRefused(file, indices);
        if (values.size() < indices.size()) {
            throw refused(KvmIoctl.KVM_GET_MSRS, "msr 0x" + Integer.toHexString(indices.get(values.size())));
        }
        return values;
    }

    /** Reads those of some registers that can be read. */
    static List<MsrValue> readAvailable(KvmFile file, List<Integer> indices) {
        List<MsrValue> found = new ArrayList<>();
        int next = 0;
        while (next < indices.size()) {
            List<MsrValue> some = readUntilRefused(file, indices.subList(next, indices.size()));
            found.addAll(some);
            next += some.size() + 1;
        }
        return List.copyOf(found);
    }

    private static List<MsrValue> readUntilRefused(KvmFile file, List<Integer> indices) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table =
                    write(arena, indices.stream().map(i -> new MsrValue(i, 0)).toList());
            int done = file.call(KvmIoctl.KVM_GET_MSRS, table, () -> "nmsrs=" + indices.size());
            List<MsrValue> values = new ArrayList<>();
            for (int i = 0; i < done; i++) {
                values.add(new MsrValue(indices.get(i), table.get(JAVA_LONG, entry(i) + KvmMsrEntryLayout.DATA)));
            }
            return values;
        }
    }

    /** Writes all of some registers. */
    static void store(KvmFile file, List<MsrValue> values) {
        int done = storeUntilRefused(file, values);
        if (done < values.size()) {
            throw refused(KvmIoctl.KVM_SET_MSRS, values.get(done).toString());
        }
    }

    /** Writes some registers, but for those that cannot be written and have the value already. */
    static void restore(KvmFile file, List<MsrValue> values) {
        int next = 0;
        while (next < values.size()) {
            next += storeUntilRefused(file, values.subList(next, values.size()));
            if (next < values.size()) {
                MsrValue stopped = values.get(next++);
                if (!readUntilRefused(file, List.of(stopped.index())).contains(stopped)) {
                    throw refused(KvmIoctl.KVM_SET_MSRS, stopped.toString());
                }
            }
        }
    }

    private static int storeUntilRefused(KvmFile file, List<MsrValue> values) {
        try (Arena arena = Arena.ofConfined()) {
            return file.call(KvmIoctl.KVM_SET_MSRS, write(arena, values), () -> "nmsrs=" + values.size());
        }
    }

    /** The numbers KVM says it has, from a request that takes {@code struct kvm_msr_list}. */
    static List<Integer> indices(KvmFile file, KvmIoctl request) {
        for (int room = 256; ; room *= 2) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment list = arena.allocate(KvmMsrListLayout.SIZE + (long) room * Integer.BYTES, 4);
                list.set(JAVA_INT, KvmMsrListLayout.NMSRS, room);
                int result = file.tryCall(request, list);
                if (result >= 0) {
                    int count = list.get(JAVA_INT, KvmMsrListLayout.NMSRS);
                    int[] found = list.asSlice(KvmMsrListLayout.INDICES, (long) count * Integer.BYTES)
                            .toArray(JAVA_INT);
                    return Arrays.stream(found).boxed().toList();
                }
                if (result != -Errno.E2BIG || room >= MOST_INDICES) {
                    throw new KvmException(request.name(), -result, "nmsrs=" + room);
                }
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
