// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

/** Sees what the guest of a {@link FakeDeviceContext} does, just before it is done. On the guest's thread. */
public interface GuestWatcher {
    /** Sees nothing. */
    GuestWatcher NONE = new GuestWatcher() {};

    /** It reads memory-mapped I/O. */
    default void onLoad(long address, int size) {}

    /** It writes memory-mapped I/O. */
    default void onStore(long address, int size, long value) {}

    /** It writes the configuration space of a device's function 0. */
    default void onConfigWrite(int device, int offset, int size, int value) {}
}
