// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.stream.InputPump;
import io.microlith.vmm.stream.OutputPump;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A port between two streams, with a thread for each: neither the guest nor the device's loop waits for them. The
 * streams stay the embedder's, nothing closes them; see {@link InputPump} and {@link OutputPump}. A stream that fails
 * is used no more: what the guest writes then is lost.
 */
public final class StreamPort implements PortBackend {
    private static final int CAPACITY = 16 << 10;
    private static final int CHUNK = 4096;

    private final Optional<InputStream> source;
    private final OutputStream sink;
    private final byte[] ring = new byte[CAPACITY];
    private final byte[] chunk = new byte[CHUNK];
    private @Nullable OutputPump output;

    // With this object's lock.
    private @Nullable InputPump input;
    private int head;
    private int count;

    private StreamPort(Optional<InputStream> source, OutputStream sink) {
        this.source = source;
        this.sink = sink;
    }

    /** A port that the guest reads from one stream, and that writes to another. */
    public static StreamPort between(InputStream input, OutputStream output) {
        return new StreamPort(Optional.of(input), output);
    }

    /** A port that only writes. */
    public static StreamPort to(OutputStream output) {
        return new StreamPort(Optional.empty(), output);
    }

    @Override
    public void start(PortLink link, EventLoop loop) {
        output = new OutputPump("console", sink, Duration.ZERO, new OutputPump.Owner() {
            @Override
            public void onRoom() {
                link.outputReady();
            }

            @Override
            public void onFailure(Exception cause) {
                link.failed(cause);
            }
        });
        source.ifPresent(stream -> {
            InputPump pump = new InputPump("console", stream, new InputPump.Owner() {
                @Override
                public int take(byte[] bytes, int offset, int length) {
                    int taken = store(bytes, offset, length);
                    if (taken > 0) {
                        link.inputReady();
                    }
                    return taken;
                }

                @Override
                public void onEnd() {}

                @Override
                public void onFailure(Exception cause) {
                    link.failed(cause);
                }
            });
            synchronized (this) {
                input = pump;
            }
            pump.start();
        });
        link.hostOpened();
    }

    private synchronized int store(byte[] bytes, int offset, int length) {
        int taken = Math.min(length, CAPACITY - count);
        int end = (head + count) % CAPACITY;
        int first = Math.min(taken, CAPACITY - end);
        System.arraycopy(bytes, offset, ring, end, first);
        System.arraycopy(bytes, offset + first, ring, 0, taken - first);
        count += taken;
        return taken;
    }

    @Override
    public synchronized long read(PortBuffer into) {
        int given = (int) Math.min(count, into.size());
        int first = Math.min(given, CAPACITY - head);
        into.put(0, ring, head, first);
        into.put(first, ring, 0, given - first);
        if (count == CAPACITY && given > 0) {
            Objects.requireNonNull(input, "it filled the ring").resume();
        }
        head = (head + given) % CAPACITY;
        count -= given;
        return given;
    }

    @Override
    public long write(PortBuffer from) {
        OutputPump pump = Objects.requireNonNull(output, "not started");
        long done = 0;
        while (done < from.size()) {
            int length = (int) Math.min(chunk.length, from.size() - done);
            from.get(done, chunk, 0, length);
            int taken = pump.offer(chunk, 0, length);
            done += taken;
            if (taken < length) {
                break;
            }
        }
        return done;
    }

    @Override
    public void drain() {
        OutputPump pump = output;
        if (pump != null) {
            pump.drain();
        }
    }

    @Override
    public void close() {
        InputPump reading;
        synchronized (this) {
            reading = input;
        }
        if (reading != null) {
            reading.close();
        }
        OutputPump writing = output;
        if (writing != null) {
            writing.close();
        }
    }
}
