// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A route whose notifier a thread listens to as KVM does. With KVM itself: {@code MsiRouteKvmIT}. */
// Who waits lets the other run, on a machine with one processor to spare.
@SuppressWarnings("ThreadPriorityCheck")
@Timeout(60)
class KvmMsiRouteTest {
    private static final long LONG_ENOUGH = 300_000_000;
    private static final long MESSAGE = 0xfee0_1000L;

    /** After which a message is lost. */
    private static final long TOO_LONG = 10_000_000_000L;

    private final Listener kernel = new Listener();
    private final KvmMsiRoute route = new KvmMsiRoute(Notifier.create(), kernel);
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread listening = Thread.ofPlatform().name("kernel").unstarted(() -> {
        while (!over.get()) {
            kernel.listen();
            Thread.yield();
        }
    });

    /** What an irqfd does: it takes rings off the notifier it is connected to, and each time sends the message. */
    private static final class Listener implements KvmMsiWiring {
        final AtomicInteger sent = new AtomicInteger();
        private @Nullable Notifier connected;

        synchronized void listen() {
            if (connected != null && connected.drain()) {
                sent.incrementAndGet();
            }
        }

        @Override
        public void route(long address, int data) {
            assertThat(address).isEqualTo(MESSAGE);
        }

        @Override
        public synchronized Registration connect(Notifier notifier) {
            assertThat(connected).isNull();
            connected = notifier;
            return this::disconnect;
        }

        private synchronized void disconnect() {
            connected = null;
        }

        @Override
        public void close() {
            disconnect();
        }
    }

    @BeforeEach
    void listen() {
        route.set(MESSAGE, 0x41);
        listening.start();
    }

    @AfterEach
    void close() throws InterruptedException {
        over.set(true);
        listening.join();
        route.close();
    }

    @Test
    void signal_maskedAndUnmaskedMeanwhile_isNeverLost() throws InterruptedException {
        Thread masking = Thread.ofPlatform().name("driver").start(() -> {
            while (!over.get()) {
                route.mask();
                assertThat(route.isPending()).isIn(true, false);
                route.unmask();
            }
        });
        try {
            long begin = System.nanoTime();
            for (int i = 0; System.nanoTime() - begin < LONG_ENOUGH; i++) {
                int before = kernel.sent.get();
                route.signal();
                awaitMessage(before, i);
            }
        } finally {
            over.set(true);
            masking.join();
        }
        assertThat(route.isPending()).isFalse();
    }

    private void awaitMessage(int before, int signal) {
        long begin = System.nanoTime();
        while (kernel.sent.get() == before) {
            assertThat(System.nanoTime() - begin)
                    .as("no message came for signal %s", signal)
                    .isLessThan(TOO_LONG);
            Thread.yield();
        }
    }

    @Test
    void signal_masked_isSentOnceAtUnmask() {
        route.signal();
        route.signal();
        assertThat(route.isPending()).isTrue();
        assertThat(kernel.sent).hasValue(0);
        route.unmask();
        awaitMessage(0, 0);
        route.mask();
        assertThat(route.isPending()).isFalse();
        assertThat(kernel.sent).hasValue(1);
    }

    @Test
    void clearPending_masked_forgets() {
        route.signal();
        route.clearPending();
        assertThat(route.isPending()).isFalse();
        route.unmask();
        route.mask();
        assertThat(kernel.sent).hasValue(0);
    }
}
