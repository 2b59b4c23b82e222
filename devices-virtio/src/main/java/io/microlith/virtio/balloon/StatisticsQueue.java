// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.ChainServer;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * The statistics queue (VIRTIO 1.2, 5.5.6.3): the driver always has one buffer here with what it said last; to get it
 * back is to be asked again. The buffer stays in the queue until then. On the device's loop.
 */
final class StatisticsQueue {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** A tag of 16 bits and a value of 64. */
    private static final int ENTRY = 10;

    private static final int MOST_ENTRIES = 64;

    private final DescriptorChain chain;
    private final Consumer<BalloonStatistics> reader;
    private final byte[] entries = new byte[MOST_ENTRIES * ENTRY];
    private final BalloonStatistics.Builder figures = new BalloonStatistics.Builder();
    private final ChainServer server = this::serve;
    private boolean ask;

    StatisticsQueue(DescriptorChain chain, Consumer<BalloonStatistics> reader) {
        this.chain = chain;
        this.reader = reader;
    }

    /** The driver said something. */
    void read(VirtioContext context) {
        context.serve(QueueRoles.STATISTICS, chain, server);
    }

    /** Asks the driver for more. */
    void ask(VirtioContext context) {
        ask = true;
        context.serve(QueueRoles.STATISTICS, chain, server);
        ask = false;
    }

    private boolean serve(VirtQueue queue, DescriptorChain said) {
        if (ask) {
            ask = false;
            queue.addUsed(said.head(), 0);
            return true;
        }
        int length = (int) Math.min(entries.length, said.readableBytes()) / ENTRY * ENTRY;
        if (length > 0 && said.read(0, entries, 0, length)) {
            for (int at = 0; at < length; at += ENTRY) {
                figures.put(Short.toUnsignedInt((short) SHORT.get(entries, at)), (long) LONG.get(entries, at + 2));
            }
            reader.accept(figures.take(Instant.now()));
        }
        queue.undoPop();
        return false;
    }
}
