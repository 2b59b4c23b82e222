// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.reap;

import io.microlith.vmm.memory.GuestMemory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What the guest of {@code touches.S} is to do: pages in an order, some read and some written.
 *
 * @param pages the numbers of the pages
 */
record TouchTask(List<Integer> pages) {
    private static final int PAGE = 4096;
    private static final int HEADER = 8;

    /** One of so many is written, the others are read. */
    private static final int WRITES = 5;

    /** The pages that tasks may touch: behind the program, its page tables and the tasks. */
    private static final int FIRST = (16 << 20) / PAGE;

    private static final int END = (256 << 20) / PAGE;

    TouchTask {
        pages = List.copyOf(pages);
    }

    /**
     * Pages in runs of two or three, scattered over the memory, as the paper found those of functions (section 4.4).
     *
     * @param mebibytes how much memory all of them are
     */
    static TouchTask scattered(int mebibytes, SplittableRandom random) {
        int count = (mebibytes << 20) / PAGE;
        BitSet chosen = new BitSet(END);
        List<List<Integer>> runs = new ArrayList<>();
        while (chosen.cardinality() < count) {
            int length = Math.min(random.nextInt(2, 4), count - chosen.cardinality());
            int begin = random.nextInt(FIRST, END - length);
            if (chosen.get(begin, begin + length).isEmpty()) {
                chosen.set(begin, begin + length);
                runs.add(IntStream.range(begin, begin + length).boxed().toList());
            }
        }
        Collections.shuffle(runs, new Random(random.nextLong()));
        return new TouchTask(runs.stream().flatMap(List::stream).toList());
    }

    /** The same with some of the pages replaced by others: another input of the function. */
    TouchTask changed(double part, SplittableRandom random) {
        BitSet used = new BitSet(END);
        pages.forEach(used::set);
        List<Integer> others = new ArrayList<>(pages);
        for (int i = 0; i < others.size(); i++) {
            if (random.nextDouble() < part) {
                int page = random.nextInt(FIRST, END);
                while (used.get(page)) {
                    page = random.nextInt(FIRST, END);
                }
                used.set(page);
                others.set(i, page);
            }
        }
        return new TouchTask(others);
    }

    /** The bytes of its table. */
    int size() {
        return HEADER + pages.size() * Integer.BYTES;
    }

    /** Writes the table for the guest. */
    void write(GuestMemory memory, long gpa, int rounds) {
        memory.putInt(gpa, pages.size());
        memory.putInt(gpa + Integer.BYTES, rounds);
        for (int i = 0; i < pages.size(); i++) {
            int page = pages.get(i) * PAGE;
            memory.putInt(gpa + HEADER + (long) i * Integer.BYTES, i % WRITES == 0 ? page | 1 : page);
        }
    }

    /** What the guest says in the end, if each page has what {@link #word} says. */
    int answer() {
        int sum = 0;
        for (int i = 0; i < pages.size(); i++) {
            sum += i % WRITES == 0 ? 0 : word(pages.get(i));
        }
        return sum;
    }

    /** The first word of a page. */
    static int word(int page) {
        return page * 0x9e37_79b1 | 1;
    }
}
