// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

/**
 * What an embedder can count of a serial port. Called on the VM's threads, some of them within an exit: return at once,
 * and do not call the port.
 */
public interface SerialEvents {
    /** Counts nothing. */
    SerialEvents NONE = new SerialEvents() {};

    /** The guest sent a byte. */
    default void onSent() {}

    /** The guest was given a byte to read. */
    default void onReceived() {}

    /** The guest sent a byte although the port said it had no room, and it was lost. */
    default void onDropped() {}

    /** The output failed; what the guest sends from now on is lost. Told once. */
    default void onOutputFailed(Exception cause) {}

    /** The input failed; there will be no more of it. Told once. */
    default void onInputFailed(Exception cause) {}
}
