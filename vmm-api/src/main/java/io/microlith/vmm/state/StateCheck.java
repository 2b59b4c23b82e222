// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import io.microlith.vmm.error.InvalidStateException;

/**
 * The rules of one record, field by field: what a factory holds a state against before it builds from it.
 *
 * <pre>{@code
 * StateCheck.of("SerialState").inRange("divisor", state.divisor(), 0, 0xffff).bits("ier", state.ier(), 0x0f);
 * }</pre>
 */
public final class StateCheck {
    private final String owner;

    private StateCheck(String owner) {
        this.owner = owner;
    }

    /** Begins the rules of a record, by its name. */
    public static StateCheck of(String owner) {
        return new StateCheck(owner);
    }

    /**
     * Requires {@code least <= value <= most}.
     *
     * @throws InvalidStateException if it is not so
     */
    public StateCheck inRange(String field, long value, long least, long most) {
        // The rule is put into words for who breaks it: states are checked each time a machine becomes another one.
        boolean holds = value >= least && value <= most;
        return holds ? this : require(field, value, false, least + " to " + most);
    }

    /**
     * Requires that no bit is set outside {@code allowed}.
     *
     * @throws InvalidStateException if it is not so
     */
    public StateCheck bits(String field, long value, long allowed) {
        boolean holds = (value & ~allowed) == 0;
        return holds ? this : require(field, value, false, "no bits outside 0x" + Long.toHexString(allowed));
    }

    /**
     * Requires something else.
     *
     * @param holds whether it is so
     * @param rule what must hold, for the message
     * @throws InvalidStateException if it is not so
     */
    public StateCheck require(String field, Object value, boolean holds, String rule) {
        if (!holds) {
            throw new InvalidStateException(owner + "." + field, value, rule);
        }
        return this;
    }
}
