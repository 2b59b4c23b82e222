// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Registration;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds a serial port from a stream, on a thread of its own.
 *
 * @param stream the stream, which stays its owner's
 */
record StreamSource(InputStream stream) implements SerialSource {
    private static final Logger LOG = LoggerFactory.getLogger(StreamSource.class);
    private static final int CHUNK = 256;
    private static final Duration FAREWELL = Duration.ofMillis(100);

    /** Between two looks at a stream whose read cannot be interrupted. */
    private static final long LOOK_MILLIS = 5;

    @Override
    public Registration connect(SerialInput input, EventLoop loop, SerialEvents events) {
        // Nothing gets a thread out of a read of standard input: only read what is there.
        boolean interruptible = !stream.equals(System.in);
        Feed feed = new Feed(stream, interruptible, input, events);
        Thread thread = Thread.ofPlatform().daemon().name("serial-input").start(feed);
        return () -> feed.end(thread);
    }

    private static final class Feed implements Runnable {
        private final InputStream stream;
        private final boolean interruptible;
        private final SerialInput input;
        private final SerialEvents events;
        private final Semaphore room = new Semaphore(0);
        private volatile boolean ended;

        Feed(InputStream stream, boolean interruptible, SerialInput input, SerialEvents events) {
            this.stream = stream;
            this.interruptible = interruptible;
            this.input = input;
            this.events = events;
            input.onRoom(room::release);
        }

        @Override
        public void run() {
            byte[] chunk = new byte[CHUNK];
            try {
                for (int length = read(chunk); length >= 0 && !ended; length = read(chunk)) {
                    push(chunk, length);
                }
            } catch (InterruptedException e) {
                // The end of the feed: nobody else interrupts it.
            } catch (IOException | RuntimeException e) {
                if (!ended) {
                    LOG.error("serial input failed, there will be no more: {}", e.toString());
                    events.onInputFailed(e);
                }
            }
        }

        private int read(byte[] chunk) throws IOException, InterruptedException {
            while (!interruptible && stream.available() == 0) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            return stream.read(chunk);
        }

        private void push(byte[] chunk, int length) throws InterruptedException {
            int pushed = input.push(chunk, 0, length);
            while (pushed < length) {
                room.acquire();
                pushed += input.push(chunk, pushed, length - pushed);
            }
        }

        void end(Thread thread) {
            ended = true;
            thread.interrupt();
            try {
                if (!thread.join(FAREWELL)) {
                    LOG.debug("serial input is stuck in a read; its thread ends when that returns");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
