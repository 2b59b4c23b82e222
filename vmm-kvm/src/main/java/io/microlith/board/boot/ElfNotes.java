// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * The notes of an ELF file, of which one says that the file is a PVH kernel and where it starts. Each note is a header
 * of three words (the sizes of name and descriptor, the type), the name, and the descriptor, each padded.
 */
final class ElfNotes {
    /** {@code XEN_ELFNOTE_PHYS32_ENTRY} of Xen's {@code public/elfnote.h}. */
    private static final int PHYS32_ENTRY = 18;

    /** The name of Xen's notes: {@code "Xen\0"}. */
    private static final int NAME_SIZE = 4;

    private static final int NAME = 0x006e6558;

    private static final int HEADER_SIZE = 12;

    /** Linux has half a KiB of notes. */
    private static final long MAX_SIZE = 1 << 16;

    private ElfNotes() {}

    /** The 32-bit entry point of a PVH kernel, or empty if the file has no such note. */
    static OptionalLong pvhEntry(ImageFile file, ElfFile elf) {
        for (ElfSegment segment : elf.segments()) {
            if (segment.type() == ElfSegment.PT_NOTE) {
                OptionalLong entry = find(file, segment);
                if (entry.isPresent()) {
                    return entry;
                }
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong find(ImageFile file, ElfSegment segment) {
        if (Long.compareUnsigned(segment.filesz(), MAX_SIZE) > 0) {
            throw file.broken("is a broken ELF file: its notes are larger than " + MAX_SIZE + " bytes");
        }
        ByteBuffer notes = file.read("notes", segment.offset(), (int) segment.filesz());
        // Notes are padded to 4 bytes also in 64-bit files, but for those GNU tools put into a segment of alignment 8.
        int align = segment.align() == Long.BYTES ? Long.BYTES : Integer.BYTES;
        long at = 0;
        while (at + HEADER_SIZE <= notes.limit()) {
            int header = (int) at;
            long nameSize = Integer.toUnsignedLong(notes.getInt(header));
            long descriptorSize = Integer.toUnsignedLong(notes.getInt(header + 4));
            long descriptor = pad(at + HEADER_SIZE + nameSize, align);
            if (descriptor + descriptorSize > notes.limit()) {
                throw file.broken("is a broken ELF file: a note of it goes beyond its end");
            }
            boolean xen = nameSize == NAME_SIZE && notes.getInt(header + HEADER_SIZE) == NAME;
            if (xen && notes.getInt(header + 8) == PHYS32_ENTRY) {
                return OptionalLong.of(entry(file, notes, (int) descriptor, descriptorSize));
            }
            at = pad(descriptor + descriptorSize, align);
        }
        return OptionalLong.empty();
    }

    private static long pad(long offset, int align) {
        return (offset + (align - 1)) & -align;
    }

    private static long entry(ImageFile file, ByteBuffer notes, int at, long size) {
        long entry = switch ((int) size) {
            case Integer.BYTES -> Integer.toUnsignedLong(notes.getInt(at));
            case Long.BYTES -> notes.getLong(at);
            default -> throw file.broken("is a broken PVH kernel: its entry point has " + size + " bytes");
        };
        if (entry >>> Integer.SIZE != 0) {
            throw file.broken(
                    "is a broken PVH kernel: its entry point 0x" + Long.toHexString(entry) + " is not below 4 GiB");
        }
        return entry;
    }
}
