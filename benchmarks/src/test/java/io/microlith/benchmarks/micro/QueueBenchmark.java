// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.micro;

import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.QueueLayout;
import io.microlith.virtio.queue.QueueState;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.RegionMemory;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A chain of three descriptors, as disks get them, from the ring and back into it: what the device's side of a queue
 * takes, sixteen chains at a time. The driver's side is not in the time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class QueueBenchmark {
    private static final int BATCH = 16;
    private static final int CHAINS = 64;
    private static final int DESCRIPTORS = 3;
    private static final int SIZE = 256;

    private static final long MEMORY_SIZE = 1 << 20;
    private static final long RING = 0x1000;
    private static final long DRIVER = 0x4000;
    private static final long DEVICE = 0x8000;
    private static final long BUFFERS = 0x10000;

    private static final int ENTRY = 16;
    private static final int REST = 8;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;

    /** What the rings look like. */
    @Param({"SPLIT", "PACKED"})
    public QueueLayout.Format format = QueueLayout.Format.SPLIT;

    private final Arena arena = Arena.ofShared();
    private final GuestMemory memory =
            new RegionMemory(List.of(GuestRegion.anonymous(0, arena.allocate(MEMORY_SIZE, ENTRY))));
    private final DescriptorChain chain = new DescriptorChain(SIZE);
    private VirtQueue queue = open();
    private int made;

    private VirtQueue open() {
        // A packed ring is as long as the chains that go around in it.
        int size = format == QueueLayout.Format.SPLIT ? SIZE : CHAINS * DESCRIPTORS;
        return new QueueLayout(format, false, false)
                .open(new QueueState(size, true, RING, DRIVER, DEVICE, 0, 0), memory);
    }

    /** Writes what a driver writes once: of a split queue all but the index. */
    @Setup
    public void begin() {
        queue = open();
        if (format == QueueLayout.Format.SPLIT) {
            for (int i = 0; i < CHAINS; i++) {
                for (int j = 0; j < DESCRIPTORS; j++) {
                    int slot = i * DESCRIPTORS + j;
                    long next = j + 1 < DESCRIPTORS ? slot + 1L : 0;
                    describe(slot, j, (long) flags(j) << 32 | next << 48);
                }
            }
            for (int i = 0; i < SIZE; i++) {
                memory.putShort(DRIVER + 4 + 2L * i, (short) (i % CHAINS * DESCRIPTORS));
            }
        }
    }

    private void describe(int slot, int part, long rest) {
        long length = part == 1 ? 4096 : ENTRY;
        memory.putLong(RING + (long) slot * ENTRY, BUFFERS + part * 4096L);
        memory.putLong(RING + (long) slot * ENTRY + REST, rest | length);
    }

    /** A header to read, and data and a status to write. */
    private static int flags(int part) {
        return (part > 0 ? WRITE : 0) | (part + 1 < DESCRIPTORS ? NEXT : 0);
    }

    /** Makes chains available. */
    @Setup(Level.Invocation)
    public void refill() {
        for (int i = 0; i < BATCH; i++) {
            if (format == QueueLayout.Format.PACKED) {
                int lap = made / CHAINS % 2 == 0 ? AVAIL : USED;
                for (int j = 0; j < DESCRIPTORS; j++) {
                    describe(made % CHAINS * DESCRIPTORS + j, j, (long) (flags(j) | lap) << 48);
                }
            }
            made++;
        }
        if (format == QueueLayout.Format.SPLIT) {
            memory.storeShortRelease(DRIVER + 2, (short) made);
        }
    }

    /** Ends it. */
    @TearDown
    public void end() {
        arena.close();
    }

    /** The device's side. Returns how many chains there were. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int popToUsed() {
        int served = 0;
        while (queue.pop(chain)) {
            queue.addUsed(chain.head(), (int) chain.writableBytes());
            served++;
        }
        if (served != BATCH || queue.needsNotification() == queue.isBroken()) {
            throw new AssertionError("served " + served + " chains");
        }
        return served;
    }
}
