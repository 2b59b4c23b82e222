// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

/**
 * Gives the fields of a state back. Fields it is not asked for are skipped; a field that is not there takes the
 * default.
 *
 * <p>The bytes are untrusted: a malformed one is an {@link io.microlith.vmm.error.InvalidStateException}, never more
 * memory than the bytes themselves.
 */
public interface StateReader {
    /** The version the state was written with. */
    int version();

    /** Reads a number. */
    long getLong(int tag, long otherwise);

    /** Reads a number that has to fit 32 bits, with their sign. */
    int getInt(int tag, int otherwise);

    /** Reads a truth value. */
    boolean getBoolean(int tag, boolean otherwise);

    /** Reads bytes; an empty array if they are not there. */
    byte[] getBytes(int tag);

    /** Reads a nested state; one without fields if it is not there. */
    StateReader getState(int tag);
}
