// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

/**
 * One thing that a hostile driver does.
 *
 * @param kind what
 * @param queue on which of the device's queues, modulo their number
 * @param a the first number it takes, whatever that is for this kind
 * @param b the second
 * @param c the third
 */
public record HostileStep(Kind kind, int queue, long a, long b, int c) {
    /** What a driver can do. */
    public enum Kind {
        /** Writes any value with any width anywhere in the device's window. */
        WRITE,
        /** Reads with any width anywhere in the device's window. */
        READ,
        /** Writes a descriptor of any content. */
        DESCRIPTOR,
        /** Writes an indirect table of any content, and a descriptor that points to it. */
        INDIRECT,
        /** Makes a chain available that begins anywhere, and notifies. */
        AVAIL,
        /** Sets the avail index to anything, and notifies. */
        JUMP,
        /** Notifies of any queue. */
        NOTIFY,
        /** Sets the device up from the start, as a good driver would. */
        BEGIN,
        /** Resets the device. */
        RESET,
        /** Resets and enables a queue. */
        QUEUE_RESET,
        /** Makes a request as a good driver would. */
        REQUEST,
        /** Not the driver: the device is saved, and goes on in another machine. */
        MOVE
    }
}
