// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.mmio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MmioInterruptsTest {
    private static final int SIGNALS = 20_000;

    private final MmioInterrupts interrupts = new MmioInterrupts();
    private volatile int used;

    @AfterEach
    void close() {
        interrupts.close();
    }

    @Test
    void status_usedBuffersAcknowledgedByTheEvent_isEmpty() {
        interrupts.signalQueue(0);
        assertThat(interrupts.status()).isEqualTo(MmioRegisters.USED_BUFFER);

        interrupts.acknowledged().signal();

        assertThat(interrupts.status()).isZero();
        assertThat(interrupts.status()).isZero();
    }

    @Test
    void status_signalledAfterTheEvent_isThere() {
        interrupts.signalQueue(0);
        interrupts.acknowledged().signal();
        interrupts.signalQueue(0);

        assertThat(interrupts.status()).isEqualTo(MmioRegisters.USED_BUFFER);
    }

    @Test
    void event_configChangedToo_leavesThatBit() {
        interrupts.signalQueue(0);
        interrupts.signalConfig();
        interrupts.acknowledged().signal();

        assertThat(interrupts.status()).isEqualTo(MmioRegisters.CONFIG_CHANGE);

        interrupts.acknowledge(MmioRegisters.CONFIG_CHANGE);

        assertThat(interrupts.status()).isZero();
    }

    @Test
    void load_eventBefore_isNotForWhatIsLoaded() {
        interrupts.acknowledged().signal();
        interrupts.load(MmioRegisters.USED_BUFFER);

        assertThat(interrupts.status()).isEqualTo(MmioRegisters.USED_BUFFER);
    }

    /** A driver as Linux has it: it looks at its queue only if the register names it, and acknowledges before. */
    @Test
    void signalQueue_whileTheDriverAcknowledges_losesNothing() {
        CompletableFuture<Void> device = CompletableFuture.runAsync(() -> {
            for (int i = 1; i <= SIGNALS; i++) {
                used = i;
                interrupts.signalQueue(0);
            }
        });
        int seen = 0;
        boolean over = false;
        while (!over) {
            // Asked first: what was signalled by then is found below, if it is to be found at all.
            over = device.isDone();
            while (interrupts.notifier().drain()) {
                if (interrupts.status() == MmioRegisters.USED_BUFFER) {
                    interrupts.acknowledged().signal();
                    seen = used;
                }
            }
        }

        device.join();
        assertThat(seen).isEqualTo(SIGNALS);
    }
}
