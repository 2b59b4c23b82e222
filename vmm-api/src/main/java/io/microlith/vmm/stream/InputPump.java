// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.stream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries bytes from a stream, which waits, to an owner who does not. A daemon thread of its own reads, and reads no
 * more while the owner has no room.
 *
 * <p>When it is closed the thread is interrupted; if the stream's {@code read} does not heed that, the thread ends when
 * the read returns, and what was read is lost. {@link System#in}, of which that is true, is therefore asked every few
 * milliseconds whether something is {@linkplain InputStream#available available}.
 */
public final class InputPump implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InputPump.class);
    private static final int CHUNK = 1024;
    private static final Duration FAREWELL = Duration.ofMillis(100);

    /** Between two looks at a stream whose read cannot be interrupted. */
    private static final long LOOK_MILLIS = 5;

    /** Who gets the bytes. Called on the pump's thread. */
    public interface Owner {
        /** Takes bytes, as many as there is room for, from the start. Returns how many. */
        int take(byte[] bytes, int offset, int length);

        /** The stream is at its end. Nothing comes after it. */
        void onEnd();

        /** The stream failed. Nothing comes after it. */
        void onFailure(Exception cause);
    }

    private final String name;
    private final InputStream stream;
    private final Owner owner;

    /** Nothing gets a thread out of a read of standard input: only read what is there. */
    private final boolean interruptible;

    private final Semaphore room = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Makes a pump, which does nothing yet.
     *
     * @param name what its thread and its log lines are called, such as {@code serial}
     * @param stream where the bytes come from; stays the caller's
     */
    public InputPump(String name, InputStream stream, Owner owner) {
        this.name = name;
        this.stream = stream;
        this.owner = owner;
        interruptible = !stream.equals(System.in);
        thread = Thread.ofPlatform().daemon().name(name + "-input").unstarted(this::run);
    }

    /** Begins to read. Once. */
    public void start() {
        thread.start();
    }

    /** There is room, after the owner took less than it was offered. Any thread. */
    public void resume() {
        room.release();
    }

    private void run() {
        byte[] chunk = new byte[CHUNK];
        try {
            int length = read(chunk);
            while (length >= 0 && !closed) {
                deliver(chunk, length);
                length = read(chunk);
            }
            if (!closed) {
                owner.onEnd();
            }
        } catch (InterruptedException e) {
            // The pump was closed: nobody else interrupts it.
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                LOG.error("{}: input failed, there will be no more: {}", name, e.toString());
                owner.onFailure(e);
            }
        }
    }

    private int read(byte[] chunk) throws IOException, InterruptedException {
        while (!interruptible && stream.available() == 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return stream.read(chunk);
    }

    private void deliver(byte[] chunk, int length) throws InterruptedException {
        int done = owner.take(chunk, 0, length);
        while (done < length) {
            room.acquire();
            done += owner.take(chunk, done, length - done);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            if (!thread.join(FAREWELL)) {
                LOG.debug("{}: input is stuck in a read; its thread ends when that returns", name);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (IllegalThreadStateException e) {
            // It was never started.
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
