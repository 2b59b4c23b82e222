// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.IoVector;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The two rings of bytes: between threads, and what waits for a host that does not read. */
class ByteRingTest {
    private static final int CAPACITY = 16;

    /** Against a string. */
    @Property(tries = 300)
    void ring_anyUse_givesWhatItTook(@ForAll @Size(max = 60) List<@IntRange(min = -20, max = 20) Integer> steps) {
        ByteRing ring = new ByteRing(CAPACITY);
        StringBuilder model = new StringBuilder();
        int next = 0;
        for (int step : steps) {
            if (step >= 0) {
                String text = text(next, step);
                int taken = step % 2 == 0
                        ? ring.put(StandardCharsets.US_ASCII.encode(text))
                        : ring.put(new TextBuffers(text));
                assertThat(taken).isEqualTo(Math.min(step, CAPACITY - model.length()));
                model.append(text, 0, taken);
                next += taken;
            } else {
                String got = step % 2 == 0 ? take(ring, -step) : takeAsGuest(ring, -step);
                assertThat(got).isEqualTo(model.substring(0, Math.min(-step, model.length())));
                model.delete(0, got.length());
            }
            assertThat(ring.size()).isEqualTo(model.length());
            assertThat(ring.isFull()).isEqualTo(model.length() == CAPACITY);
        }
    }

    private static String text(int from, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < from + length; i++) {
            text.append((char) ('a' + i % 26));
        }
        return text.toString();
    }

    private static String take(ByteRing ring, int most) {
        ByteBuffer into = ByteBuffer.allocate(most);
        assertThat(ring.get(into)).isEqualTo(into.position());
        return StandardCharsets.US_ASCII.decode(into.flip()).toString();
    }

    private static String takeAsGuest(ByteRing ring, int most) {
        TextBuffers into = new TextBuffers(" ".repeat(most));
        int count = ring.get(into);
        return new String(into.bytes, 0, count, StandardCharsets.US_ASCII);
    }

    /** A guest's bytes. */
    private static final class TextBuffers implements VsockSource, VsockSink {
        private final byte[] bytes;

        TextBuffers(String text) {
            bytes = text.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public IoVector vector() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void get(long from, byte[] into, int offset, int length) {
            System.arraycopy(bytes, (int) from, into, offset, length);
        }

        @Override
        public void put(long to, byte[] from, int offset, int length) {
            System.arraycopy(from, offset, bytes, (int) to, length);
        }
    }

    @Example
    void backlog_outOfRange_throws() {
        try (Backlog backlog = new Backlog(CAPACITY)) {
            assertThat(backlog.isEmpty()).isTrue();
            assertThatThrownBy(() -> backlog.get(0, new byte[1], 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Example
    void pool_manyBacklogs_keepsAFew() {
        try (BacklogPool pool = new BacklogPool(CAPACITY)) {
            List<Backlog> all =
                    Stream.generate(pool::take).limit(2 * BacklogPool.RESERVE).toList();
            assertThat(all).doesNotHaveDuplicates();
            all.forEach(pool::giveBack);
            assertThat(pool.kept()).isEqualTo(BacklogPool.RESERVE);
            assertThat(all).contains(pool.take());
        }
    }
}
