// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.queue.DescriptorChain;

/**
 * Rounds of free page hints (VIRTIO 1.2, 5.5.6.5): the device names a round, the driver says the name, pages that are
 * free, and that this is all. On the device's loop.
 */
final class Hinting {
    private final BalloonRegisters registers;
    private final BalloonControl control;
    private final byte[] word = new byte[Integer.BYTES];
    private boolean begun;
    private long bytes;
    private int round = BalloonLayout.FIRST_ROUND - 1;

    Hinting(BalloonRegisters registers, BalloonControl control) {
        this.registers = registers;
        this.control = control;
    }

    boolean isBegun() {
        return begun;
    }

    void restore(int command, int hinting) {
        begun = hinting == 1;
        round = Math.max(round, command);
    }

    /** Names a new round. */
    void begin(VirtioContext context) {
        round = round == Integer.MAX_VALUE ? BalloonLayout.FIRST_ROUND : round + 1;
        begun = false;
        bytes = 0;
        registers.command(round);
        context.configChanged();
    }

    /** The driver says a name, or that this is all. */
    void hear(DescriptorChain chain, VirtioContext context) {
        if (!chain.read(0, word, 0, word.length)) {
            return;
        }
        int said = Byte.toUnsignedInt(word[0])
                | Byte.toUnsignedInt(word[1]) << 8
                | Byte.toUnsignedInt(word[2]) << 16
                | word[3] << 24;
        if (said >= BalloonLayout.FIRST_ROUND && said == registers.command()) {
            begun = true;
        } else if (said == BalloonLayout.COMMAND_STOP && begun) {
            begun = false;
            // The driver keeps the pages for as long as this lasts.
            registers.command(BalloonLayout.COMMAND_DONE);
            context.configChanged();
            control.hinted(bytes);
        }
    }

    /** Pages became the host's. */
    void add(long discarded) {
        bytes += discarded;
    }

    void reset() {
        begun = false;
        bytes = 0;
        control.hintsFailed();
    }
}
