// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.microlith.kvm.abi.KvmStatsDescLayout;
import io.microlith.kvm.abi.KvmStatsHeaderLayout;
import io.microlith.linux.PosixIo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counters that KVM keeps for a VM or a vCPU, such as {@code exits}, {@code io_exits} or {@code halt_exits}, by KVM's
 * names (Documentation/virt/kvm/api.rst, KVM_GET_STATS_FD). Any thread may read them, also while the guest runs; they
 * outlive the VM until they are closed.
 */
public final class KvmStatistics implements AutoCloseable {
    /** How a value moves ({@code KVM_STATS_TYPE_*}). */
    public enum Kind {
        /** It only grows. */
        CUMULATIVE,
        /** It is as it is now. */
        INSTANT,
        /** The largest there was. */
        PEAK,
        /** A histogram of buckets of one size. */
        LINEAR_HISTOGRAM,
        /** A histogram of buckets that double. */
        LOG_HISTOGRAM,
        /** Of a kernel newer than this. */
        OTHER
    }

    /** What a value counts ({@code KVM_STATS_UNIT_*}). */
    public enum Unit {
        /** Things. */
        NONE,
        /** Bytes. */
        BYTES,
        /** Seconds. */
        SECONDS,
        /** Clock cycles. */
        CYCLES,
        /** 0 or 1. */
        BOOLEAN,
        /** Of a kernel newer than this. */
        OTHER
    }

    /**
     * What a value is.
     *
     * @param name KVM's name for it
     * @param scale a value is multiplied by this to give the unit: 1e-9 for nanoseconds
     * @param length how many numbers it has: 1, or the buckets of a histogram
     */
    public record Descriptor(String name, Kind kind, Unit unit, double scale, int length) {}

    private record Entry(Descriptor descriptor, long offset) {}

    private final KvmFile file;
    private final Map<String, Entry> entries;

    KvmStatistics(KvmFile file) {
        this.file = file;
        try {
            entries = readDescriptors();
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private Map<String, Entry> readDescriptors() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = read(arena, KvmStatsHeaderLayout.SIZE, 0);
            long descriptorSize = KvmStatsDescLayout.SIZE + header.get(JAVA_INT, KvmStatsHeaderLayout.NAME_SIZE);
            int count = header.get(JAVA_INT, KvmStatsHeaderLayout.NUM_DESC);
            long data = header.get(JAVA_INT, KvmStatsHeaderLayout.DATA_OFFSET);
            MemorySegment block =
                    read(arena, count * descriptorSize, header.get(JAVA_INT, KvmStatsHeaderLayout.DESC_OFFSET));
            Map<String, Entry> found = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                MemorySegment at = block.asSlice(i * descriptorSize, descriptorSize);
                Descriptor descriptor = descriptor(at);
                long offset = data + Integer.toUnsignedLong(at.get(JAVA_INT, KvmStatsDescLayout.OFFSET));
                found.put(descriptor.name(), new Entry(descriptor, offset));
            }
            return found;
        }
    }

    private static Descriptor descriptor(MemorySegment at) {
        int flags = at.get(JAVA_INT, KvmStatsDescLayout.FLAGS);
        int base = (flags & KvmStatsDescLayout.BASE_MASK) == 0 ? 10 : 2;
        return new Descriptor(
                at.getString(KvmStatsDescLayout.NAME),
                pick(Kind.values(), flags & KvmStatsDescLayout.TYPE_MASK),
                pick(Unit.values(), (flags & KvmStatsDescLayout.UNIT_MASK) >> KvmStatsDescLayout.UNIT_SHIFT),
                Math.pow(base, at.get(JAVA_SHORT, KvmStatsDescLayout.EXPONENT)),
                Short.toUnsignedInt(at.get(JAVA_SHORT, KvmStatsDescLayout.SIZE_FIELD)));
    }

    /** The constants are in the order of KVM's numbers, and the last one stands for all others. */
    private static <E> E pick(E[] constants, int number) {
        return constants[Math.min(number, constants.length - 1)];
    }

    private MemorySegment read(Arena arena, long size, long offset) {
        MemorySegment into = arena.allocate(size, Long.BYTES);
        long count = PosixIo.read(file, into, offset);
        if (count != size) {
            throw new IllegalStateException("KVM's statistics end early [offset=" + offset + " count=" + count + "]");
        }
        return into;
    }

    /** The names of all values, in KVM's order. */
    public Set<String> names() {
        return entries.keySet();
    }

    /**
     * What a value is.
     *
     * @throws IllegalArgumentException if the host has none of that name
     */
    public Descriptor descriptor(String name) {
        return entry(name).descriptor();
    }

    /**
     * A value now; of a histogram, its first bucket.
     *
     * @throws IllegalArgumentException if the host has none of that name
     */
    public long value(String name) {
        return values(name)[0];
    }

    /**
     * All numbers of a value now.
     *
     * @throws IllegalArgumentException if the host has none of that name
     */
    public long[] values(String name) {
        Entry entry = entry(name);
        try (Arena arena = Arena.ofConfined()) {
            return read(arena, (long) entry.descriptor().length() * Long.BYTES, entry.offset())
                    .toArray(JAVA_LONG);
        }
    }

    /** All values of one number now, by name. */
    public Map<String, Long> all() {
        Map<String, Long> values = new TreeMap<>();
        entries.forEach((name, entry) -> {
            if (entry.descriptor().length() == 1) {
                values.put(name, value(name));
            }
        });
        return values;
    }

    private Entry entry(String name) {
        @Nullable Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("this host's KVM has no statistic '" + name + "', only " + names());
        }
        return entry;
    }

    @Override
    public void close() {
        file.close();
    }
}
