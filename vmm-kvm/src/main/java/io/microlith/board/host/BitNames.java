// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.host;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the bits of a word are called.
 *
 * @param names from bit 0; {@code -} for one without
 */
record BitNames(List<String> names) {
    BitNames {
        names = List.copyOf(names);
    }

    /** Of words with blanks between them. */
    static BitNames of(String names) {
        return new BitNames(List.of(names.split(" ", -1)));
    }

    /** The name of a bit, if it has one. */
    Optional<String> of(int bit) {
        return names.stream().skip(bit).findFirst().filter(name -> !name.equals("-"));
    }

    /** The bits that are set in a word, from the lowest on. */
    static IntStream bits(long word) {
        return BitSet.valueOf(new long[] {word}).stream();
    }
}
