// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.Eventually;
import io.microlith.testkit.FailingStream;
import io.microlith.testkit.StuckStream;
import io.microlith.vmm.stream.OutputPump;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OutputPumpTest {
    private static final class Owner implements OutputPump.Owner {
        final CompletableFuture<Boolean> room = new CompletableFuture<>();
        final AtomicReference<Exception> failure = new AtomicReference<>();

        @Override
        public void onRoom() {
            room.complete(true);
        }

        @Override
        public void onFailure(Exception cause) {
            failure.set(cause);
        }
    }

    private final Owner owner = new Owner();

    private static void offer(OutputPump pump, String text) {
        for (byte value : text.getBytes(StandardCharsets.US_ASCII)) {
            assertThat(pump.offer(value)).isTrue();
        }
    }

    private static boolean hasThread(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals(name + "-output"));
    }

    @Test
    void offer_promptWithoutEndOfLine_isFlushedByItself() throws Exception {
        CompletableFuture<String> shown = new CompletableFuture<>();
        OutputStream terminal = new ByteArrayOutputStream() {
            @Override
            public void flush() {
                shown.complete(toString(StandardCharsets.US_ASCII));
            }
        };
        try (OutputPump pump = new OutputPump("prompt", terminal, OutputPump.FOR_A_LINE, owner)) {
            offer(pump, "$");

            assertThat(shown.get(10, TimeUnit.SECONDS)).isEqualTo("$");
        }
    }

    @Test
    void offer_burst_isFewWrites() {
        AtomicInteger writes = new AtomicInteger();
        ByteArrayOutputStream stream = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                writes.incrementAndGet();
                super.write(bytes, offset, length);
            }
        };
        String text = "0123456789".repeat(2000);
        try (OutputPump pump = new OutputPump("burst", stream, OutputPump.FOR_A_LINE, owner)) {
            offer(pump, text);
            pump.drain();
        }

        assertThat(stream.toString(StandardCharsets.US_ASCII)).isEqualTo(text);
        assertThat(writes).hasValueLessThan(text.length() / 20);
    }

    @Test
    void offer_manyBytes_takesWhatThereIsRoomFor() throws Exception {
        StuckStream stuck = new StuckStream();
        byte[] bytes = "0123456789\n".repeat(OutputPump.CAPACITY / 8).getBytes(StandardCharsets.US_ASCII);
        try (OutputPump pump = new OutputPump("bulk", stuck, Duration.ZERO, owner)) {
            assertThat(pump.offer(bytes, 3, 10)).isEqualTo(10);
            stuck.awaitWrite();
            assertThat(pump.offer(bytes, 0, bytes.length)).isEqualTo(OutputPump.CAPACITY);
            assertThat(pump.offer(bytes, 0, bytes.length)).isZero();

            stuck.release();

            assertThat(owner.room.get(10, TimeUnit.SECONDS)).isTrue();
            pump.drain();
        }
        assertThat(stuck.written()).isEqualTo(10 + OutputPump.CAPACITY);
    }

    @Test
    void offer_manyBytes_arriveAsTheyAre() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        byte[] bytes = "some\nlines\nand more".repeat(100).getBytes(StandardCharsets.US_ASCII);
        try (OutputPump pump = new OutputPump("whole", stream, OutputPump.FOR_A_LINE, owner)) {
            for (int i = 0; i < bytes.length; i += 7) {
                int length = Math.min(7, bytes.length - i);
                assertThat(pump.offer(bytes, i, length)).isEqualTo(length);
            }
        }
        assertThat(stream.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void offer_nothing_startsNoThread() {
        new OutputPump("silent", OutputStream.nullOutputStream(), OutputPump.FOR_A_LINE, owner).close();
        OutputPump pump = new OutputPump("silent", OutputStream.nullOutputStream(), OutputPump.FOR_A_LINE, owner);

        assertThat(hasThread("silent")).isFalse();
        pump.close();
    }

    @Test
    void close_used_writesTheRestAndEndsItsThread() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        OutputPump pump = new OutputPump("ended", stream, OutputPump.FOR_A_LINE, owner);
        offer(pump, "the rest");
        pump.close();

        assertThat(stream.toString(StandardCharsets.US_ASCII)).isEqualTo("the rest");
        assertThat(hasThread("ended")).isFalse();
        assertThat(pump.offer((byte) 'x')).isTrue();
        assertThat(stream.size()).isEqualTo(8);
    }

    @Test
    void offer_streamStuck_takesWhatItHoldsAndThenNothing() throws Exception {
        StuckStream stuck = new StuckStream();
        try (OutputPump pump = new OutputPump("stuck", stuck, OutputPump.FOR_A_LINE, owner)) {
            offer(pump, "a");
            stuck.awaitWrite();
            offer(pump, "b".repeat(OutputPump.CAPACITY - 1));
            assertThat(pump.hasRoom(1)).isTrue();
            assertThat(pump.hasRoom(2)).isFalse();
            offer(pump, "c");
            assertThat(pump.offer((byte) 'd')).isFalse();
            assertThat(owner.room).isNotDone();

            stuck.release();

            assertThat(owner.room.get(10, TimeUnit.SECONDS)).isTrue();
            pump.drain();
            assertThat(pump.hasRoom(OutputPump.CAPACITY)).isTrue();
        }
        assertThat(stuck.written()).isEqualTo(OutputPump.CAPACITY + 1);
    }

    @Test
    void close_streamStuck_returnsAndThreadEndsWithTheWrite() throws Exception {
        StuckStream stuck = new StuckStream();
        OutputPump pump = new OutputPump("abandoned", stuck, OutputPump.FOR_A_LINE, owner);
        offer(pump, "a");
        stuck.awaitWrite();
        long start = System.nanoTime();
        pump.close();
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(took).isLessThan(Duration.ofSeconds(10));
        assertThat(hasThread("abandoned")).isTrue();
        stuck.release();
        Eventually.holds("its thread has ended", () -> !hasThread("abandoned"));
        assertThat(stuck.written()).isEqualTo(1);
    }

    @Test
    void drain_interrupted_stillDrainsAndKeepsTheInterrupt() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        try (OutputPump pump = new OutputPump("interrupted", stream, OutputPump.FOR_A_LINE, owner)) {
            offer(pump, "text");
            Thread.currentThread().interrupt();
            pump.drain();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(stream.size()).isEqualTo(4);
        }
    }

    @Test
    void offer_streamFailed_dropsAndHasRoom() {
        IOException broken = new IOException("broken pipe");
        try (OutputPump pump = new OutputPump("broken", new FailingStream(broken), OutputPump.FOR_A_LINE, owner)) {
            offer(pump, "a");
            pump.drain();
            offer(pump, "b".repeat(2 * OutputPump.CAPACITY));

            assertThat(owner.room.join()).isTrue();
            assertThat(owner.failure).hasValue(broken);
            assertThat(pump.hasRoom(OutputPump.CAPACITY)).isTrue();
        }
    }

    @Test
    void offer_streamThrowsUnchecked_isAFailure() {
        UncheckedIOException broken = new UncheckedIOException(new IOException("odd"));
        OutputStream odd = new OutputStream() {
            @Override
            public void write(int value) {
                throw broken;
            }
        };
        try (OutputPump pump = new OutputPump("odd", odd, OutputPump.FOR_A_LINE, owner)) {
            offer(pump, "a");
            pump.drain();

            assertThat(owner.room.join()).isTrue();
            assertThat(owner.failure).hasValue(broken);
        }
    }
}
