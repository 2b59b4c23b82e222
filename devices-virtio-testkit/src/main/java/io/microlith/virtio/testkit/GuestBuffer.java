// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

/**
 * A buffer that a driver gives to a device, well-formed or not.
 *
 * @param address its guest-physical address
 * @param length its bytes, as an unsigned 32-bit number
 * @param access who may do what with it
 */
public record GuestBuffer(long address, long length, Access access) {
    /** What the device may do. */
    public enum Access {
        /** Read it. */
        READ,
        /** Write it. */
        WRITE
    }

    /** A buffer that the device reads. */
    public static GuestBuffer readable(long address, long length) {
        return new GuestBuffer(address, length, Access.READ);
    }

    /** A buffer that the device writes. */
    public static GuestBuffer writable(long address, long length) {
        return new GuestBuffer(address, length, Access.WRITE);
    }

    /** The flags of its descriptor, without any that link it to others: VIRTQ_DESC_F_WRITE or none. */
    int flags() {
        return access == Access.WRITE ? 2 : 0;
    }
}
