// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import java.util.regex.Pattern;

/**
 * The state of one part of a machine, as bytes in the format of {@link StateCodec}.
 *
 * @param name whose it is: 1 to 64 of {@code a-z 0-9 . -}, such as {@code vcpu.0} or {@code device.blk0}
 * @param state the encoded state
 */
public record StatePart(String name, ByteString state) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9.-]{1,64}");

    /** Refuses what is no name. */
    public StatePart {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is not 1 to 64 of a-z, 0-9, . and -");
        }
    }

    /**
     * Encodes a state.
     *
     * @throws IllegalArgumentException if the name or the state's code breaks the format
     */
    public static StatePart of(String name, DeviceState state) {
        return new StatePart(name, ByteString.of(StateCodec.encode(state)));
    }

    /**
     * Reads the state.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if it is malformed
     */
    public StateReader read() {
        return StateCodec.reader(state.toByteArray());
    }
}
