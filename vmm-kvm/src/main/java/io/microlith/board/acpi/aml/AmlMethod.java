// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.List;

/**
 * A method the guest can run (section 20.2.5.2). Serialized: the guest runs it on one thread at a time, so that it may
 * create named objects.
 *
 * @param path its name
 * @param arguments how many it takes: 0 to 7
 * @param body its statements
 */
public record AmlMethod(NamePath path, int arguments, List<AmlTerm> body) implements AmlTerm {
    private static final int MOST_ARGUMENTS = 7;
    private static final int SERIALIZED = 1 << 3;

    /** Copies the list and refuses too many arguments. */
    public AmlMethod {
        body = List.copyOf(body);
        if (arguments < 0 || arguments > MOST_ARGUMENTS) {
            throw new IllegalArgumentException("an AML method has 0 to 7 arguments, not " + arguments);
        }
    }

    @Override
    public void encode(ByteOutput out) {
        AmlTerm flags = inner -> inner.putByte(arguments | SERIALIZED);
        new AmlBlock(Opcode.METHOD, List.of(path, flags, AmlTerm.sequence(body))).encode(out);
    }
}
