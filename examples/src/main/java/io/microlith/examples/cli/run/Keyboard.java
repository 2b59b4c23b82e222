// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.linux.Errno;
import io.microlith.linux.Pollable;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Registration;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is typed on a terminal, without the VMM's own key sequences. On an event loop's thread, but for start and close.
 *
 * <p>Always reads, also when the guest does not, for the sequences have to work then, too. What the guest has no room
 * for waits here, up to a limit; what is beyond it is lost, as it is on a wire without flow control.
 */
final class Keyboard implements AutoCloseable {
    /** Room for what a user pastes. */
    private static final int MAX_WAITING = 1 << 20;

    private static final int CHUNK = 1024;

    private final Pollable terminal;
    private final EscapeFilter filter;
    private final Owner owner;
    private final AtomicReference<@Nullable Registration> registration = new AtomicReference<>();
    private final byte[] typed = new byte[CHUNK];
    private final byte[] left = new byte[CHUNK + 1];
    private ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    /** Who gets what is typed. */
    interface Owner {
        /** There is something to {@link Keyboard#deliver}. */
        void onTyped();

        /** The terminal failed: nothing comes any more. */
        void onFailure(Exception cause);
    }

    /** A guest that takes what it has room for. */
    interface Taker {
        /** Takes bytes from the start. Returns how many. */
        int take(byte[] bytes, int offset, int length);
    }

    Keyboard(Pollable terminal, EscapeFilter filter, Owner owner) {
        this.terminal = terminal;
        this.filter = filter;
        this.owner = owner;
    }

    void start(EventLoop loop) {
        registration.set(loop.onReadable(terminal, this::read));
    }

    private void read() {
        int length = PosixIo.read(terminal, typed, 0, typed.length);
        if (length > 0) {
            int kept = filter.filter(typed, length, left);
            waiting.write(left, 0, Math.min(kept, MAX_WAITING - waiting.size()));
            owner.onTyped();
        } else if (length != -Errno.EAGAIN && length != -Errno.EINTR) {
            // The terminal was closed. The guest goes on without a keyboard.
            close();
            if (length < 0) {
                owner.onFailure(new SystemCallException("read", -length, "fd=" + terminal.fd()));
            }
        }
    }

    /** Gives the guest what waits, as far as it takes it. Returns how many bytes it took. */
    int deliver(Taker guest) {
        if (waiting.size() == 0) {
            return 0;
        }
        byte[] all = waiting.toByteArray();
        int taken = guest.take(all, 0, all.length);
        waiting = new ByteArrayOutputStream();
        waiting.write(all, taken, all.length - taken);
        return taken;
    }

    @Override
    public void close() {
        Registration open = registration.getAndSet(null);
        if (open != null) {
            open.close();
        }
    }
}
