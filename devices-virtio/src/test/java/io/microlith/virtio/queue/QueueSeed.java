// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import io.microlith.virtio.SeedWriter;
import io.microlith.vmm.memory.GuestMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A queue that writes down what a unit test does to it, as a script for {@link QueueScript}. */
final class QueueSeed implements VirtQueue, AfterEachCallback {
    private static final String METHOD = "play_anyScript_chainsKeepTheirPromises";
    private static final int PAGE_SIZE = 0x1000;

    private final Class<?> target;
    private final GuestMemory memory;
    private final VirtQueue queue;
    private final SeedWriter script;
    private final long[] known = new long[PAGE_SIZE / Long.BYTES];
    private final List<Integer> inFlight = new ArrayList<>();

    private int steps;

    /** Begins a script for a fuzz target, with the size as it reads that. */
    QueueSeed(
            Class<?> target, QueueState state, QueueLayout layout, GuestMemory memory, UnaryOperator<SeedWriter> size) {
        this.target = target;
        this.memory = memory;
        queue = layout.open(state, memory);
        script = size.apply(new SeedWriter().truth(layout.eventIdx()).truth(layout.indirect()))
                .number((state.descriptorArea() - QueueScript.PAGE) / 16, 0, 4)
                .number((state.driverArea() - QueueScript.PAGE) / 4, 0, 256)
                .number((state.deviceArea() - QueueScript.PAGE) / 4, 0, 256);
    }

    /** Writes what has changed in the page of the rings since the last step, and then a step. */
    private SeedWriter step(QueueScript.Step step) {
        for (int i = 0; i < known.length; i++) {
            long now = memory.getLong(QueueScript.PAGE + (long) i * Long.BYTES);
            if (now != known[i]) {
                known[i] = now;
                begin(QueueScript.Step.LONG)
                        .number((long) i * Long.BYTES, 0, PAGE_SIZE - 8)
                        .wholeLong(now);
            }
        }
        return begin(step);
    }

    private SeedWriter begin(QueueScript.Step step) {
        steps++;
        if (steps > QueueScript.MOST_STEPS) {
            // What nobody plays is not saved.
            return new SeedWriter();
        }
        return script.number(step.number(), 0, QueueScript.Step.LAST);
    }

    @Override
    public int size() {
        return queue.size();
    }

    @Override
    public boolean pop(DescriptorChain into) {
        var _ = step(QueueScript.Step.POP);
        if (!queue.pop(into)) {
            return false;
        }
        inFlight.add(into.head());
        return true;
    }

    @Override
    public void undoPop() {
        var _ = step(QueueScript.Step.UNDO);
        inFlight.removeLast();
        queue.undoPop();
    }

    @Override
    public void prepareUsed(int head, int written) {
        int index = inFlight.indexOf(head);
        step(QueueScript.Step.GIVE_BACK).number(index, 0, inFlight.size() - 1).wholeInt(written);
        inFlight.remove(Integer.valueOf(head));
        queue.prepareUsed(head, written);
    }

    @Override
    public void publishUsed() {
        queue.publishUsed();
    }

    @Override
    public boolean needsNotification() {
        var _ = step(QueueScript.Step.ASK);
        return queue.needsNotification();
    }

    @Override
    public void disableNotification() {
        queue.disableNotification();
    }

    @Override
    public boolean enableNotification() {
        var _ = step(QueueScript.Step.ASK);
        return queue.enableNotification();
    }

    @Override
    public boolean isBroken() {
        return queue.isBroken();
    }

    @Override
    public QueueState save() {
        return queue.save();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        script.save(target, METHOD, context.getRequiredTestMethod().getName());
    }
}
