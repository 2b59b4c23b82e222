// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.error;

/** Saved state was refused: a field of it breaks a rule. Nothing was built from it. */
public final class InvalidStateException extends VmmException {
    private static final long serialVersionUID = 1L;

    private static final int EXCERPT = 64;

    private final String field;

    /**
     * Makes an exception about one field.
     *
     * @param field the field's name, with its record: {@code SerialState.fifo}
     * @param value the value found, untrusted: the message has its first characters, without line breaks
     * @param rule what must hold
     */
    public InvalidStateException(String field, Object value, String rule) {
        super("invalid state [" + field + "=" + excerpt(value) + "]: " + rule);
        this.field = field;
    }

    private static String excerpt(Object value) {
        String text = value.toString();
        String head = text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "…";
        return head.replaceAll("\\p{Cntrl}", "?");
    }

    /** The field that breaks a rule. */
    public String field() {
        return field;
    }
}
