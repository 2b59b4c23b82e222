// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What a section of a state file holds. The numbers are the format's and never change. */
enum SectionType {
    /** The size and manner of the machine: one, the first. */
    MACHINE(1),
    /** Where its memory is: one. */
    MEMORY(2),
    /** The state of a part of it: one for each. */
    PART(3),
    /** Which pages the memory file has, and in place of whose: one, if it has not all of them. */
    CHANGES(4),
    /** How the memory file is compressed: one, if it is. */
    FRAMES(5),
    /** Checksums of the memory file: one, if it is not compressed. */
    SUMS(6);

    private static final Set<SectionType> OF_FILE = EnumSet.of(CHANGES, FRAMES, SUMS);

    private final int number;

    SectionType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** Whether sections of a number say how a memory file is written: another file of the same memory has its own. */
    static boolean isOfFile(int number) {
        return of(number).filter(OF_FILE::contains).isPresent();
    }

    /** The type of a number; nothing for those that came after this program, whose sections are skipped. */
    static Optional<SectionType> of(int number) {
        return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
    }
}
