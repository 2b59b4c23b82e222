// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

/**
 * What a device is at one moment, as a plain immutable record of primitives, strings and records of the same kind.
 *
 * <p>A state that came from a file is untrusted until the device's factory has checked it.
 */
public interface DeviceState {
    /** The version of the record's format. A newer one only adds fields at the end. */
    int version();

    /** Writes the fields, in order. */
    void writeTo(StateWriter writer);
}
