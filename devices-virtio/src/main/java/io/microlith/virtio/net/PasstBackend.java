// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.microlith.linux.Errno;
import io.microlith.linux.IoVector;
import io.microlith.linux.Pollable;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.linux.UnixSocket;
import io.microlith.vmm.error.ConfigException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A network by way of passt, which turns a guest's connections into those of a process without any privilege; or by
 * anything else that speaks the same on a Unix stream socket: frames, each with its length before it, in four bytes of
 * which the highest comes first. Without offloads.
 *
 * <p>When the other end is gone, or what it says makes no sense, the guest's link goes down for good: who wants to go
 * on makes another device, or another machine.
 */
public final class PasstBackend implements NetBackend {
    private static final int LENGTH_SIZE = 4;
    private static final int IN_SIZE = 256 << 10;
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);

    private final UnixSocket socket;
    private final Arena arena = Arena.ofShared();

    /** What was read from the socket and not yet received: several frames, and the begin of one. */
    private final MemorySegment in = arena.allocate(IN_SIZE);

    private final IoVector inVector = new IoVector(1);
    private int inStart;
    private int inEnd;

    /** The rest of a frame that the socket took a part of. */
    private final MemorySegment out = arena.allocate(LENGTH_SIZE + NetLayout.MOST_FRAME);

    private final IoVector outVector = new IoVector(NetLayout.QUEUE_SIZE + 1);
    private int outStart;
    private int outEnd;

    private boolean connected = true;

    private PasstBackend(UnixSocket socket) {
        this.socket = socket;
    }

    /**
     * Connects to a passt that listens.
     *
     * @throws ConfigException if none does
     */
    public static PasstBackend connect(Path path) {
        try {
            return new PasstBackend(UnixSocket.connect(path));
        } catch (SystemCallException | IllegalArgumentException e) {
            throw new ConfigException(
                    "net.passt", path + " cannot be reached: " + e.getMessage() + "; does passt --socket run?", e);
        }
    }

    /** Speaks to whoever has the other end of a socket, which this then owns. */
    public static PasstBackend on(UnixSocket socket) {
        return new PasstBackend(socket);
    }

    @Override
    public Pollable readiness(int pair) {
        return socket;
    }

    @Override
    public long receive(int pair, RxFrame into) {
        int length = nextLength();
        if (length < 0 && connected) {
            long result = fill();
            if (result < 0) {
                return result;
            }
            length = nextLength();
        }
        if (!connected) {
            return -Errno.ECONNRESET;
        }
        if (length < 0) {
            return -Errno.EAGAIN;
        }
        inStart += LENGTH_SIZE + length;
        return into.put(in, inStart - length, length);
    }

    /** The length of the next frame if all of it is here; else a negative number. */
    private int nextLength() {
        if (inEnd - inStart < LENGTH_SIZE) {
            return -1;
        }
        int length = in.get(LENGTH, inStart);
        if (length < 0 || length > NetLayout.MOST_FRAME) {
            // Nobody knows where the next one begins.
            connected = false;
            return -1;
        }
        return inEnd - inStart - LENGTH_SIZE >= length ? length : -1;
    }

    /** Reads what there is. Returns a negative number if there is nothing. */
    private long fill() {
        MemorySegment.copy(in, inStart, in, 0, inEnd - inStart);
        inEnd -= inStart;
        inStart = 0;
        inVector.clear();
        // NATIVE: the kernel fills what is free of the buffer, during the call only; it is closed by this thread.
        inVector.add(in.address() + inEnd, IN_SIZE - inEnd);
        long count = PosixIo.readv(socket, inVector);
        if (count > 0) {
            inEnd += (int) count;
        }
        return checked(count == 0 ? -Errno.ECONNRESET : count);
    }

    @Override
    public long send(int pair, TxFrame frame) {
        if (outStart < outEnd) {
            return -Errno.EAGAIN;
        }
        int length = frame.length();
        int total = LENGTH_SIZE + length;
        out.set(LENGTH, 0, length);
        outVector.clear();
        // NATIVE: the kernel reads the length, during the call only.
        outVector.add(out.address(), LENGTH_SIZE);
        if (!frame.addTo(outVector)) {
            return -Errno.EINVAL;
        }
        long count = checked(PosixIo.writev(socket, outVector));
        if (count >= 0 && count < total) {
            frame.get(0, out, LENGTH_SIZE, length);
            outStart = (int) count;
            outEnd = total;
        }
        return count;
    }

    @Override
    public boolean isBusy(int pair) {
        return connected && outStart < outEnd;
    }

    @Override
    public void flush(int pair) {
        outVector.clear();
        // NATIVE: the kernel reads the rest, during the call only.
        outVector.add(out.address() + outStart, outEnd - outStart);
        long count = checked(PosixIo.writev(socket, outVector));
        if (count > 0) {
            outStart += (int) count;
        }
    }

    private long checked(long result) {
        connected &= result >= 0 || result == -Errno.EAGAIN || result == -Errno.EINTR;
        return result;
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public void close() {
        socket.close();
        arena.close();
    }

    /** {@code passt}. */
    @Override
    public String toString() {
        return "passt";
    }
}
