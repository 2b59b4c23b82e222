// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.microlith.vmm.memory.GuestMemory;
import java.util.List;

/**
 * A hostile driver's script against one queue: it writes anything to the page that has the rings and what they point
 * to, while the device pops, puts back, completes, and asks.
 */
final class QueueScript {
    /** The rings are here, and most of what descriptors point to: where a test's heap begins. */
    static final long PAGE = 0x1_0000;

    /** The most elements. */
    static final int SIZE = 16;

    /** The most steps that are taken. */
    static final int MOST_STEPS = 200;

    private static final long PAGE_SIZE = 0x1000;

    /** What is done. */
    enum Step {
        /** Eight bytes of memory are written. */
        LONG,
        /** Two bytes of memory are written. */
        SHORT,
        /** A descriptor that makes some sense is written. */
        DESCRIPTOR,
        /** A chain is popped, if there is one, and if there is room for it. */
        POP,
        /** One of the chains that were popped is given back. */
        GIVE_BACK,
        /** Both sides' wishes to be notified are asked for. */
        ASK,
        /** The chain that was popped last is put back. */
        UNDO,
        /** The queue goes on as after a snapshot. */
        REOPEN;

        /** By their numbers in scripts: some are more frequent. */
        static final List<Step> BY_NUMBER =
                List.of(LONG, SHORT, DESCRIPTOR, POP, POP, POP, GIVE_BACK, ASK, UNDO, REOPEN);

        static final int LAST = BY_NUMBER.size() - 1;

        int number() {
            return BY_NUMBER.indexOf(this);
        }
    }

    private final GuestMemory memory;
    private final QueueLayout layout;
    private final FuzzedDataProvider script;
    private final DescriptorChain chain = new DescriptorChain(SIZE);
    private final int[] inFlight = new int[SIZE];
    private int popped;
    private VirtQueue queue;

    QueueScript(QueueState state, QueueLayout layout, GuestMemory memory, FuzzedDataProvider script) {
        this.memory = memory;
        this.layout = layout;
        this.script = script;
        queue = layout.open(state, memory);
    }

    /** Plays it to its end. Returns how many chains were popped and not given back. */
    int play() {
        for (int step = 0; step < MOST_STEPS && script.remainingBytes() > 0; step++) {
            switch (Step.BY_NUMBER.get(script.consumeInt(0, Step.LAST))) {
                case LONG -> memory.putLong(PAGE + script.consumeLong(0, PAGE_SIZE - 8), script.consumeLong());
                case SHORT -> memory.putShort(PAGE + script.consumeLong(0, PAGE_SIZE - 2), script.consumeShort());
                case DESCRIPTOR -> descriptor();
                case POP -> pop();
                case GIVE_BACK -> giveBack();
                case ASK -> ask();
                case UNDO -> undo();
                case REOPEN -> reopen();
            }
        }
        return popped;
    }

    /** Writes a descriptor that makes some sense, at any of the places that tables have. */
    private void descriptor() {
        long at = PAGE + 16L * script.consumeInt(0, 31);
        memory.putLong(at, script.consumeLong(0, memory.size() + 16));
        memory.putInt(at + 8, script.consumeInt(0, 0x1010));
        memory.putInt(at + 12, script.consumeInt());
    }

    private void pop() {
        if (popped == SIZE || !queue.pop(chain)) {
            return;
        }
        inFlight[popped++] = chain.head();
        check();
    }

    /** What a chain promises: its buffers are in memory, in order, and as many bytes as it says. */
    private void check() {
        long readable = 0;
        long writable = 0;
        while (chain.next()) {
            require(memory.contains(chain.address(), chain.length()) && chain.length() > 0, "a buffer in memory");
            if (chain.deviceWritable()) {
                writable += chain.length();
            } else {
                require(writable == 0, "what is read comes before what is written");
                readable += chain.length();
            }
        }
        require(readable == chain.readableBytes() && writable == chain.writableBytes(), "the sums are right");
        require(!chain.faulted() || readable + writable == 0, "a faulted chain has no buffers");
        require(chain.head() >= 0 && chain.head() < queue.size(), "a head is one of the queue's");
        byte[] some = new byte[8];
        require(chain.read(0, some, 0, 8) == (readable >= 8), "reads are all or nothing");
        require(chain.write(1, some, 0, 7) == (writable >= 8), "writes are all or nothing");
    }

    private void giveBack() {
        if (popped > 0) {
            int index = script.consumeInt(0, popped - 1);
            queue.addUsed(inFlight[index], script.consumeInt());
            popped--;
            System.arraycopy(inFlight, index + 1, inFlight, index, popped - index);
        }
    }

    private void undo() {
        if (popped > 0 && inFlight[popped - 1] == chain.head()) {
            queue.undoPop();
            popped--;
            if (popped > 0) {
                // Only the last can be put back, and the chain before is not known any more.
                giveAllBack();
            }
        }
    }

    private void giveAllBack() {
        while (popped > 0) {
            popped--;
            queue.prepareUsed(inFlight[popped], 0);
        }
        queue.publishUsed();
    }

    private void ask() {
        queue.disableNotification();
        var _ = queue.needsNotification();
        var _ = queue.enableNotification();
    }

    /** Goes on as after a snapshot. */
    private void reopen() {
        giveAllBack();
        QueueState saved = queue.save();
        require(layout.flaw(saved, memory).isEmpty(), "what runs can be restored");
        queue = layout.open(saved, memory);
        require(queue.save().equals(saved), "what is restored is what was saved");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule);
        }
    }
}
