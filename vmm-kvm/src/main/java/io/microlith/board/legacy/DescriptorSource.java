// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.linux.Errno;
import io.microlith.linux.Pollable;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Registration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds a serial port from a descriptor, on the VM's event loop.
 *
 * @param file the descriptor, which stays its owner's
 */
record DescriptorSource(Pollable file) implements SerialSource {
    private static final Logger LOG = LoggerFactory.getLogger(DescriptorSource.class);

    @Override
    public Registration connect(SerialInput input, EventLoop loop, SerialEvents events) {
        Feed feed = new Feed(file, input, loop, events);
        feed.start();
        return feed::end;
    }

    /** Waits for the descriptor while there is room for what it has. On the loop's thread, but for start and end. */
    private static final class Feed {
        private final Pollable file;
        private final SerialInput input;
        private final EventLoop loop;
        private final SerialEvents events;
        private final byte[] chunk = new byte[SerialInput.CAPACITY];

        /** A regular file, which is always readable: epoll(7) does not take one. */
        private boolean regular;

        private volatile boolean ended;
        private @Nullable Registration registration;

        Feed(Pollable file, SerialInput input, EventLoop loop, SerialEvents events) {
            this.file = file;
            this.input = input;
            this.loop = loop;
            this.events = events;
        }

        synchronized void start() {
            input.onRoom(() -> loop.execute(this::resume));
            try {
                registration = loop.onReadable(file, this::read);
            } catch (SystemCallException e) {
                if (e.errno() != Errno.EPERM) {
                    throw new ConfigException(
                            "serial.input", "descriptor " + file.fd() + " cannot be waited for: " + e.getMessage(), e);
                }
                regular = true;
                loop.execute(this::resume);
            }
        }

        private synchronized void resume() {
            if (regular) {
                while (!ended && input.room() > 0) {
                    read();
                }
            } else if (!ended && registration == null) {
                registration = loop.onReadable(file, this::read);
            }
        }

        private synchronized void read() {
            int room = input.room();
            if (ended || room == 0) {
                // Else the loop would run this for as long as there is something to read.
                unregister();
                return;
            }
            int length = PosixIo.read(file, chunk, 0, room);
            if (length > 0) {
                input.push(chunk, 0, length);
            } else if (length != -Errno.EAGAIN && length != -Errno.EINTR) {
                finish(length);
            }
        }

        /** The end of the file, or its failure. */
        private void finish(int result) {
            ended = true;
            unregister();
            if (result < 0) {
                SystemCallException cause = new SystemCallException("read", -result, "fd=" + file.fd());
                LOG.error("serial input failed, there will be no more: {}", cause.getMessage());
                events.onInputFailed(cause);
            }
        }

        private synchronized void unregister() {
            if (registration != null) {
                registration.close();
                registration = null;
            }
        }

        void end() {
            ended = true;
            unregister();
        }
    }
}
