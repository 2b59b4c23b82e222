// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

/**
 * Turns states into bytes and back. All numbers are little-endian:
 *
 * <pre>
 *   state    +-------------+---------+---------+- - -
 *            | version  u32| field   | field   |
 *            +-------------+---------+---------+- - -
 *   field    +---------+-------------+- - - - - - - - - -+
 *            | tag  u16| length   u32| length bytes      |
 *            +---------+-------------+- - - - - - - - - -+
 * </pre>
 *
 * <p>A version is at least 1. Tags are at least 1 and rise. A number has 8 bytes, a truth value one byte of 0 or 1, and
 * a nested state is a state. A reader skips tags it was not asked for, so newer fields do not harm older readers.
 */
public final class StateCodec {
    /** How deep states may be nested; the outermost one is at depth 1. */
    public static final int MAX_DEPTH = 16;

    static final int VERSION_SIZE = 4;
    static final int HEADER_SIZE = 6;
    static final int MAX_TAG = 0xffff;

    private StateCodec() {}

    /**
     * The bytes of a state.
     *
     * @throws IllegalArgumentException if the state's code breaks the format: a version below 1, tags that do not rise,
     *     more than {@link #MAX_DEPTH} levels
     */
    public static byte[] encode(DeviceState state) {
        return TlvWriter.encode(state, 1);
    }

    /**
     * Reads the bytes of a state. They are copied nowhere: do not change them meanwhile.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if they are malformed
     */
    public static StateReader reader(byte[] bytes) {
        return TlvReader.of(bytes);
    }
}
