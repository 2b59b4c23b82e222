// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries bytes from vCPUs and event loops to a stream that may be slow, stuck or broken, without any of them ever
 * waiting for it. Any thread.
 *
 * <p>A daemon thread of its own, started with the first byte, writes and flushes. It can let bytes gather until a line
 * ends, or until none comes for a while, so that a line costs one write and not eighty. A stream that fails gets
 * nothing more; the bytes after that are dropped.
 */
public final class OutputPump implements AutoCloseable {
    /** The bytes it holds for a stream that is slow. */
    public static final int CAPACITY = 1 << 16;

    /** For lines that are printed byte by byte: a prompt with no end of line still shows at once, to a human. */
    public static final Duration FOR_A_LINE = Duration.ofMillis(10);

    private static final Logger LOG = LoggerFactory.getLogger(OutputPump.class);
    private static final int FIRST_CAPACITY = 256;
    /** How many times the first pause is the last. */
    private static final int PAUSE_GROWTH = 4;

    private static final long PATIENCE_NANOS = 1_000_000_000;
    private static final long FAREWELL_MILLIS = 100;

    /** What its owner hears, on the pump's thread and with no lock of the pump's held. */
    public interface Owner {
        /** There is room, perhaps after there was {@linkplain #hasRoom too little}. */
        void onRoom();

        /** The stream failed; this is the last one hears of it. */
        void onFailure(Exception cause);
    }

    private final String name;
    private final OutputStream stream;
    private final Owner owner;
    private final long lingerNanos;

    private final ReentrantLock lock = new ReentrantLock();

    /** For the pump's thread: there is something to do. */
    private final Condition work = lock.newCondition();

    /** For those who drain: all is written. */
    private final Condition idle = lock.newCondition();

    /** The bytes that gather, and the array they change places with when they are written. */
    private byte[] gathering = new byte[FIRST_CAPACITY];

    private byte[] spare = new byte[FIRST_CAPACITY];
    private int count;

    /** There is the end of a line among them. */
    private boolean lineEnded;

    private boolean writing;
    private boolean hurried;
    private boolean failed;
    private boolean closed;
    private @Nullable Thread thread;

    /**
     * Makes a pump.
     *
     * @param name what its thread and its log lines are called, such as {@code serial0}
     * @param stream where the bytes go; stays the caller's
     * @param linger how long none may come until those that gathered are written, at first: {@link #FOR_A_LINE}, or
     *     zero to let none gather
     */
    public OutputPump(String name, OutputStream stream, Duration linger, Owner owner) {
        this.name = name;
        lingerNanos = linger.toNanos();
        this.stream = stream;
        this.owner = owner;
    }

    /** Whether {@code length} more bytes would not be lost. */
    public boolean hasRoom(int length) {
        lock.lock();
        try {
            return failed || CAPACITY - count >= length;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a byte. Never waits. Returns whether there was room; on a stream that failed there always is. */
    public boolean offer(byte value) {
        lock.lock();
        try {
            if (failed || closed) {
                return true;
            }
            if (count == CAPACITY) {
                return false;
            }
            makeRoom(1);
            int before = count;
            gathering[count++] = value;
            added(before, value == '\n');
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes bytes, as many as there is room for. Never waits. If it takes less than all, the owner hears when there is
     * room again.
     *
     * @return how many were taken, from the start; all on a stream that failed
     */
    public int offer(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        lock.lock();
        try {
            if (failed || closed) {
                return length;
            }
            int taken = Math.min(length, CAPACITY - count);
            if (taken > 0) {
                makeRoom(taken);
                int before = count;
                System.arraycopy(bytes, offset, gathering, before, taken);
                count += taken;
                added(before, hasLineEnd(bytes, offset, taken));
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private static boolean hasLineEnd(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == '\n') {
                return true;
            }
        }
        return false;
    }

    private void makeRoom(int length) {
        if (count + length > gathering.length) {
            gathering = Arrays.copyOf(gathering, Math.min(CAPACITY, Math.max(4 * count, count + length)));
        }
    }

    /** Wakes the pump's thread for the first bytes, the first line that ends, and for many. */
    private void added(int before, boolean ends) {
        if (before == 0 || (before < CAPACITY / 2 && count >= CAPACITY / 2) || (ends && !lineEnded)) {
            wake();
        }
        lineEnded |= ends;
    }

    private void wake() {
        if (thread == null) {
            try {
                thread = Thread.ofPlatform().daemon().name(name + "-output").start(this::run);
            } catch (OutOfMemoryError e) {
                LOG.error("{}: the host has no thread to give for output, which is dropped", name, e);
                stop();
            }
        }
        work.signal();
    }

    private void run() {
        try {
            for (int length = take(); length > 0; length = take()) {
                if (length > CAPACITY / 2) {
                    owner.onRoom();
                }
                stream.write(spare, 0, length);
                stream.flush();
            }
        } catch (IOException | RuntimeException e) {
            report(e);
        } finally {
            // Also for an Error, which the JVM reports: nobody must wait for this thread.
            stop();
            owner.onRoom();
        }
    }

    private void report(Exception cause) {
        lock.lock();
        try {
            if (closed) {
                // Who closes a pump that is stuck knows that bytes are lost.
                return;
            }
        } finally {
            lock.unlock();
        }
        LOG.error("{}: output failed, the rest of it is dropped: {}", name, cause.toString());
        owner.onFailure(cause);
    }

    /** Waits for bytes and puts them into {@link #spare}. Returns how many; 0 if the pump is closed. */
    private int take() {
        lock.lock();
        try {
            writing = false;
            while (count == 0 && !closed) {
                idle.signalAll();
                work.awaitUninterruptibly();
            }
            linger();
            byte[] full = gathering;
            gathering = spare;
            spare = full;
            int length = count;
            count = 0;
            lineEnded = false;
            writing = length > 0;
            return length;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets bytes gather while they come. The pauses get longer because a look at what came takes a vCPU's time where
     * both threads have one processor.
     */
    private void linger() {
        int before = 0;
        long last = lingerNanos * PAUSE_GROWTH;
        try {
            for (long pause = lingerNanos; pause > 0 && pause <= last && count > before; pause *= 2) {
                before = count;
                long left = pause;
                while (left > 0 && isGathering()) {
                    left = work.awaitNanos(left);
                }
            }
        } catch (InterruptedException e) {
            // Only close interrupts, and then there is nothing to wait for.
            closed = true;
        }
    }

    private boolean isGathering() {
        return !lineEnded && !hurried && !closed && count < CAPACITY / 2;
    }

    private void stop() {
        lock.lock();
        try {
            failed = true;
            writing = false;
            count = 0;
            idle.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all is written, but no more than a second for a stream that does not take it. */
    public void drain() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        lock.lock();
        try {
            hurried = true;
            work.signal();
            long left = PATIENCE_NANOS;
            while ((count > 0 || writing) && left > 0) {
                try {
                    var _ = idle.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                left = deadline - System.nanoTime();
            }
            hurried = false;
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Writes what is left and ends the thread. A stream that is stuck for longer than a second, and that an interrupt
     * does not get out of its write, keeps the thread until the write returns.
     */
    @Override
    public void close() {
        drain();
        Thread started;
        lock.lock();
        try {
            closed = true;
            work.signal();
            started = thread;
        } finally {
            lock.unlock();
        }
        if (started != null && !endsSoon(started)) {
            started.interrupt();
            if (!endsSoon(started)) {
                LOG.warn("{}: output is stuck in a write; its thread ends when that returns", name);
            }
        }
    }

    private static boolean endsSoon(Thread thread) {
        boolean interrupted = Thread.interrupted();
        try {
            return thread.join(Duration.ofMillis(FAREWELL_MILLIS));
        } catch (InterruptedException e) {
            interrupted = true;
            return !thread.isAlive();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
