// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.Errno;
import io.microlith.linux.Pollable;
import java.util.Set;

/**
 * The other end of a network device's cable: takes the frames that the guest sends, and has those that it receives.
 *
 * <p>Called by one thread at a time, the device's loop most of the time, and never to wait. Errors are negative numbers
 * of {@link Errno}. Frames have a header of 12 bytes before them (VIRTIO 1.2, 5.1.6), which means something only to who
 * has {@link #offloads}.
 */
public interface NetBackend extends AutoCloseable {
    /** The most queue pairs it has; each is served on its own. */
    default int pairs() {
        return 1;
    }

    /** What it understands in headers, and may ask of the guest in them. */
    default Set<Offload> offloads() {
        return Set.of();
    }

    /**
     * The guest's driver says what it takes from here on, of {@link #offloads}. At first it takes nothing.
     *
     * @param offloads may be changed at any time
     */
    default void accept(Set<Offload> offloads) {}

    /** How many pairs the guest uses from here on, the first ones: at first, one. Frames come by no other. */
    default void usePairs(int count) {}

    /**
     * What becomes readable when {@link #receive} has something for a pair, and writable when {@link #send} and
     * {@link #flush} can go on. Always the same.
     */
    Pollable readiness(int pair);

    /**
     * Receives the next frame.
     *
     * @param into to be filled, header and frame
     * @return the bytes of both; {@code -EAGAIN} if there is none now; another error if there will be none any more
     */
    long receive(int pair, RxFrame into);

    /**
     * Sends a frame.
     *
     * @param frame header and frame; its content can be copied, but not kept
     * @return 0 or more if it was taken; {@code -EAGAIN} if it has to wait until there is room; another error if it
     *     cannot be sent
     */
    long send(int pair, TxFrame frame);

    /** Whether what was taken from the guest waits for room, so that {@link #flush} is to be called. */
    default boolean isBusy(int pair) {
        return false;
    }

    /** There is room for what waits. */
    default void flush(int pair) {}

    /** Whether anybody is there. Who is gone does not come back. */
    default boolean isConnected() {
        return true;
    }

    /** The device is gone. */
    @Override
    void close();
}
