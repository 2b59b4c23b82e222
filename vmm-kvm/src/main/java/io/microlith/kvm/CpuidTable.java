// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.microlith.kvm.abi.KvmCpuid2Layout;
import io.microlith.kvm.abi.KvmCpuidEntry2Layout;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** CPUID entries to and from {@code struct kvm_cpuid2}. */
final class CpuidTable {
    /** More than any KVM has (KVM_MAX_CPUID_ENTRIES is 256). */
    private static final int MOST_ENTRIES = 1024;

    private static final MemorySegment NO_ENTRY = MemorySegment.ofArray(new byte[(int) KvmCpuidEntry2Layout.SIZE]);

    private CpuidTable() {}

    /** Reads a table of unknown length. */
    static List<CpuidEntry> read(KvmFile file, KvmIoctl request) {
        for (int room = 128; ; room *= 2) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment table = allocate(arena, room);
                int result = file.tryCall(request, table);
                if (result >= 0) {
                    return entries(table);
                }
                if (result != -Errno.E2BIG || room >= MOST_ENTRIES) {
                    throw new KvmException(request.name(), -result, "nent=" + room);
                }
            }
        }
    }

    static MemorySegment write(List<CpuidEntry> entries, Arena arena) {
        MemorySegment table = allocate(arena, entries.size());
        for (int i = 0; i < entries.size(); i++) {
            CpuidEntry entry = entries.get(i);
            MemorySegment at = entry(table, i);
            at.set(JAVA_INT, KvmCpuidEntry2Layout.FUNCTION, entry.function());
            at.set(JAVA_INT, KvmCpuidEntry2Layout.INDEX, entry.index());
            at.set(JAVA_INT, KvmCpuidEntry2Layout.FLAGS, entry.flags());
            at.set(JAVA_INT, KvmCpuidEntry2Layout.EAX, entry.eax());
            at.set(JAVA_INT, KvmCpuidEntry2Layout.EBX, entry.ebx());
            at.set(JAVA_INT, KvmCpuidEntry2Layout.ECX, entry.ecx());
            at.set(JAVA_INT, KvmCpuidEntry2Layout.EDX, entry.edx());
        }
        return table;
    }

    private static MemorySegment allocate(Arena arena, int entries) {
        MemorySegment table = arena.allocate(KvmCpuid2Layout.SIZE + entries * KvmCpuidEntry2Layout.SIZE, 8);
        table.set(JAVA_INT, KvmCpuid2Layout.NENT, entries);
        return table;
    }

    /**
     * What KVM filled in. Kernels before 6.9 leave the number of entries of a vCPU as it was: the room for them. The
     * rest is zero then, as no entry is, for leaf 0 comes first.
     */
    private static List<CpuidEntry> entries(MemorySegment table) {
        int count = table.get(JAVA_INT, KvmCpuid2Layout.NENT);
        while (count > 0 && entry(table, count - 1).mismatch(NO_ENTRY) < 0) {
            count--;
        }
        List<CpuidEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            MemorySegment at = entry(table, i);
            entries.add(new CpuidEntry(
                    at.get(JAVA_INT, KvmCpuidEntry2Layout.FUNCTION),
                    at.get(JAVA_INT, KvmCpuidEntry2Layout.INDEX),
                    at.get(JAVA_INT, KvmCpuidEntry2Layout.FLAGS),
                    at.get(JAVA_INT, KvmCpuidEntry2Layout.EAX),
                    at.get(JAVA_INT, KvmCpuidEntry2Layout.EBX),
                    at.get(JAVA_INT, KvmCpuidEntry2Layout.ECX),
                    at.get(JAVA_INT, KvmCpuidEntry2Layout.EDX)));
        }
        return List.copyOf(entries);
    }

    private static MemorySegment entry(MemorySegment table, int index) {
        return table.asSlice(KvmCpuid2Layout.ENTRIES + index * KvmCpuidEntry2Layout.SIZE, KvmCpuidEntry2Layout.SIZE);
    }
}
