// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.legacy.SerialEvents;
import io.microlith.board.legacy.SerialInput;
import io.microlith.board.legacy.SerialSource;
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
 * Feeds a serial port from a terminal, on the VM's event loop, and takes the VMM's own key sequences out.
 *
 * <p>Always reads, also when the guest does not, for the sequences have to work then, too. What the port has no room
 * for waits here, up to a limit; what is beyond it is lost, as it is on a wire without flow control.
 */
final class KeyboardSource implements SerialSource {
    /** Room for what a user pastes. */
    private static final int MAX_WAITING = 1 << 20;

    private static final int CHUNK = 1024;

    private final Pollable terminal;
    private final EscapeFilter filter;

    KeyboardSource(Pollable terminal, Runnable quit) {
        this.terminal = terminal;
        filter = new EscapeFilter(quit);
    }

    @Override
    public Registration connect(SerialInput input, EventLoop loop, SerialEvents events) {
        return new Feed(input, loop, events).start();
    }

    /** On the loop's thread, but for start and close. */
    private final class Feed {
        private final SerialInput input;
        private final EventLoop loop;
        private final SerialEvents events;
        private final AtomicReference<@Nullable Registration> registration = new AtomicReference<>();
        private final byte[] typed = new byte[CHUNK];
        private final byte[] left = new byte[CHUNK + 1];
        private ByteArrayOutputStream waiting = new ByteArrayOutputStream();

        Feed(SerialInput input, EventLoop loop, SerialEvents events) {
            this.input = input;
            this.loop = loop;
            this.events = events;
        }

        Registration start() {
            input.onRoom(() -> loop.execute(this::deliver));
            registration.set(loop.onReadable(terminal, this::read));
            return this::end;
        }

        private void read() {
            int length = PosixIo.read(terminal, typed, 0, typed.length);
            if (length > 0) {
                int kept = filter.filter(typed, length, left);
                waiting.write(left, 0, Math.min(kept, MAX_WAITING - waiting.size()));
                deliver();
            } else if (length != -Errno.EAGAIN && length != -Errno.EINTR) {
                // The terminal was closed. The guest goes on without a keyboard.
                end();
                if (length < 0) {
                    events.onInputFailed(new SystemCallException("read", -length, "fd=" + terminal.fd()));
                }
            }
        }

        private void deliver() {
            if (waiting.size() == 0) {
                return;
            }
            byte[] all = waiting.toByteArray();
            int taken = input.push(all, 0, all.length);
            waiting = new ByteArrayOutputStream();
            waiting.write(all, taken, all.length - taken);
        }

        private void end() {
            Registration open = registration.getAndSet(null);
            if (open != null) {
                open.close();
            }
        }
    }
}
