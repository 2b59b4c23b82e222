// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

/**
 * A program header of an ELF file, as it stands there: nothing of it is checked, each value may be any 64 bits.
 *
 * @param type {@code PT_LOAD}, {@code PT_NOTE}, …
 * @param offset where its bytes are in the file
 * @param vaddr where the program wants to see it
 * @param paddr where it is to be in memory
 * @param filesz how many bytes the file has of it
 * @param memsz how many bytes it has in memory, where the rest is zero
 * @param align the alignment of what is in it
 */
record ElfSegment(int type, long offset, long vaddr, long paddr, long filesz, long memsz, long align) {
    /** To be loaded. */
    static final int PT_LOAD = 1;
    /** The name of the program that links this one when it is run. */
    static final int PT_INTERP = 3;
    /** Notes about the file. */
    static final int PT_NOTE = 4;
}
