// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.linux.Errno;
import io.microlith.linux.Pollable;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Readiness;
import io.microlith.vmm.event.Watch;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A port whose input comes from a descriptor, such as standard input, that is read when it has something and the guest
 * wants it; its output goes to a stream. Both stay the embedder's. A terminal, a pipe, a socket or a file, blocking or
 * not.
 */
public final class DescriptorPort implements PortBackend {
    private final Pollable input;
    private final StreamPort output;

    // With this object's lock.
    private @Nullable PortLink link;
    private @Nullable Watch watch;

    /** A read would not wait. */
    private boolean ready;

    /** A file: it is always ready, and epoll(7) does not take it. */
    private boolean regular;

    private boolean ended;

    private DescriptorPort(Pollable input, StreamPort output) {
        this.input = input;
        this.output = output;
    }

    /** A port between a descriptor and a stream. */
    public static DescriptorPort between(Pollable input, OutputStream output) {
        return new DescriptorPort(input, StreamPort.to(output));
    }

    @Override
    public synchronized void start(PortLink toTell, EventLoop loop) {
        link = toTell;
        try {
            watch = loop.watch(input, Readiness.READABLE, this::onReady);
        } catch (SystemCallException e) {
            regular = e.errno() == Errno.EPERM;
            ended = !regular;
            if (ended) {
                toTell.failed(e);
            }
        }
        output.start(toTell, loop);
    }

    private synchronized void onReady() {
        ready = true;
        if (watch != null) {
            watch.await(Readiness.NONE);
        }
        if (link != null) {
            link.inputReady();
        }
    }

    @Override
    public synchronized long read(PortBuffer into) {
        if (ended || !(ready || regular)) {
            await();
            return 0;
        }
        ready = false;
        long count = PosixIo.readv(input, into.vector());
        if (count > 0) {
            return count;
        }
        if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
            await();
            return 0;
        }
        ended = true;
        if (count < 0 && link != null) {
            link.failed(new SystemCallException("readv", (int) -count, "fd=" + input.fd()));
        }
        return 0;
    }

    private void await() {
        if (watch != null && !ended) {
            watch.await(Readiness.READABLE);
        }
    }

    @Override
    public long write(PortBuffer from) {
        return output.write(from);
    }

    @Override
    public void drain() {
        output.drain();
    }

    @Override
    public void close() {
        synchronized (this) {
            ended = true;
            if (watch != null) {
                watch.close();
                watch = null;
            }
        }
        output.close();
    }
}
