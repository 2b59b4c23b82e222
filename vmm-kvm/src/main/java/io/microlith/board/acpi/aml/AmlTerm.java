// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.List;

/**
 * A piece of AML: an object, a statement, an expression or data. Immutable.
 *
 * <p>Encodings are those of chapter 20 of the ACPI specification, version 6.3. A term that cannot be encoded cannot be
 * made: constructors throw {@link IllegalArgumentException}.
 */
public interface AmlTerm {
    /** Appends the term's bytes. */
    void encode(ByteOutput out);

    /** The term's bytes. */
    default byte[] toBytes() {
        ByteOutput out = new ByteOutput();
        encode(out);
        return out.toByteArray();
    }

    /** A term that is several terms one after the other. */
    static AmlTerm sequence(List<? extends AmlTerm> terms) {
        List<AmlTerm> copy = List.copyOf(terms);
        return out -> copy.forEach(term -> term.encode(out));
    }
}
