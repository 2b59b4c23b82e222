// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

/**
 * What an embedder can count of a console. Called on the device's loop, but for {@link #onFailed}: return at once. The
 * terminal is the port with the empty name.
 */
public interface ConsoleEvents {
    /** Counts nothing. */
    ConsoleEvents NONE = new ConsoleEvents() {};

    /** A program of the guest opened a port. */
    default void onGuestOpened(String port) {}

    /** No program of the guest has a port open any more. */
    default void onGuestClosed(String port) {}

    /** The guest was given bytes. */
    default void onReceived(String port, long bytes) {}

    /** Bytes of the guest's were taken. */
    default void onSent(String port, long bytes) {}

    /** Bytes of the guest's were lost, for nobody was there, or nobody took them. */
    default void onDropped(String port, long bytes) {}

    /** The driver sent something that makes no sense, which was completed with nothing. */
    default void onRefused() {}

    /** The host's end of a port failed. */
    default void onFailed(String port, Exception cause) {}
}
