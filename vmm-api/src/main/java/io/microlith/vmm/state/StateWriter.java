// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

/** Takes the fields of a state one by one. Tags are the field numbers of a record, from 1, in rising order. */
public interface StateWriter {
    /** Writes a number. */
    StateWriter putLong(int tag, long value);

    /** Writes a truth value. */
    StateWriter putBoolean(int tag, boolean value);

    /** Writes bytes. */
    StateWriter putBytes(int tag, byte[] value);

    /** Writes a nested state. */
    StateWriter putState(int tag, DeviceState value);
}
