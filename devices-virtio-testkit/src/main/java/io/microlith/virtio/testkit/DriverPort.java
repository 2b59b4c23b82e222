// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

/** A driver's way to its device: what differs from transport to transport. One thread. */
interface DriverPort {
    /** The guest-physical address of the window with the registers. */
    long base();

    /** The bytes of the window. */
    long size();

    /** An offset in the window near registers, for any number. */
    long offset(long number);

    /** The device status. */
    int status();

    /** Writes the device status. */
    void setStatus(int status);

    /** 32 of the device's features. */
    int offered(int select);

    /** Accepts 32 features. */
    void accept(int select, int features);

    /** The most elements of a queue that was not set up since the reset; 0 if the device has no such queue. */
    int queueSize(int index);

    /** Sets a queue up at any addresses, and enables it. */
    void enable(int index, int size, long descriptorArea, long driverArea, long deviceArea);

    /** Resets a queue. */
    void resetQueue(int index);

    /** Notifies of a queue as hardware would: by what the device bound, or else by the register. */
    void ring(int queue);

    /** Whether the device interrupted since this was last asked. */
    boolean interrupted();

    /** What the device interrupted for, which is acknowledged. */
    int takeInterruptStatus();
}
