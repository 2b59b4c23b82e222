// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.error;

/** Saved state was refused: a field of it breaks a rule. Nothing was built from it. */
public final class InvalidStateException extends VmmException {
    private static final long serialVersionUID = 1L;

    private final String field;

    /**
     * Makes an exception about one field.
     *
     * @param field the field's name, with its record: {@code SerialState.fifo}
     * @param value the value found
     * @param rule what must hold
     */
    public InvalidStateException(String field, Object value, String rule) {
        super("invalid state [" + field + "=" + value + "]: " + rule);
        this.field = field;
    }

    /** The field that breaks a rule. */
    public String field() {
        return field;
    }
}
