// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A little-endian executable in the Executable and Linkable Format, of 32 or 64 bits, by its program headers; sections
 * are for linkers and debuggers. Layouts: {@code elf.h} of the System V ABI.
 */
final class ElfFile {
    private static final int MAGIC = 0x464c457f;
    private static final int IDENT_CLASS = 4;
    private static final int IDENT_DATA = 5;
    private static final int CLASS_32 = 1;
    private static final int CLASS_64 = 2;
    private static final int DATA_LITTLE_ENDIAN = 1;

    private static final int TYPE = 0x10;
    private static final int TYPE_EXECUTABLE = 2;
    private static final int TYPE_SHARED = 3;
    private static final int MACHINE = 0x12;
    private static final int MACHINE_386 = 3;
    private static final int MACHINE_X86_64 = 62;
    private static final int ENTRY = 0x18;

    private static final int HEADER_SIZE_32 = 52;
    private static final int HEADER_SIZE_64 = 64;
    private static final int SEGMENT_SIZE_32 = 32;
    private static final int SEGMENT_SIZE_64 = 56;

    /** Kernels have a handful. What a file costs is bounded by this, not by the 65535 its header can ask for. */
    private static final int MAX_SEGMENTS = 128;

    private final ImageFile file;
    private final boolean is64;
    private final long entry;
    private final List<ElfSegment> segments;

    private ElfFile(ImageFile file, boolean is64, long entry, List<ElfSegment> segments) {
        this.file = file;
        this.is64 = is64;
        this.entry = entry;
        this.segments = segments;
    }

    /** Whether a file begins like an ELF file. */
    static boolean matches(ImageFile file) {
        return file.size() >= Integer.BYTES
                && file.read("magic number", 0, Integer.BYTES).getInt(0) == MAGIC;
    }

    /** Reads the headers of a file that {@link #matches}. */
    static ElfFile parse(ImageFile file) {
        ByteBuffer ident = file.read("ELF header", 0, HEADER_SIZE_32);
        int width = ident.get(IDENT_CLASS);
        if ((width != CLASS_32 && width != CLASS_64) || ident.get(IDENT_DATA) != DATA_LITTLE_ENDIAN) {
            throw file.broken("is an ELF file, but not a little-endian one of 32 or 64 bits: not a kernel for x86");
        }
        int type = Short.toUnsignedInt(ident.getShort(TYPE));
        if (type != TYPE_EXECUTABLE && type != TYPE_SHARED) {
            throw file.broken("is an ELF file of type " + type + ", and not an executable: link it");
        }
        int machine = Short.toUnsignedInt(ident.getShort(MACHINE));
        if (machine != MACHINE_386 && machine != MACHINE_X86_64) {
            throw file.broken("is an ELF file for another processor, number " + machine + ": not a kernel for x86");
        }
        return width == CLASS_64 ? parse64(file) : parse32(file, ident);
    }

    private static ElfFile parse32(ImageFile file, ByteBuffer header) {
        long offset = Integer.toUnsignedLong(header.getInt(0x1c));
        int entrySize = Short.toUnsignedInt(header.getShort(0x2a));
        int count = checkedCount(file, header.getShort(0x2c), entrySize, SEGMENT_SIZE_32);
        ByteBuffer table = file.read("program headers", offset, count * SEGMENT_SIZE_32);
        List<ElfSegment> segments = new ArrayList<>(count);
        for (int at = 0; at < table.limit(); at += SEGMENT_SIZE_32) {
            segments.add(new ElfSegment(
                    table.getInt(at),
                    Integer.toUnsignedLong(table.getInt(at + 0x04)),
                    Integer.toUnsignedLong(table.getInt(at + 0x08)),
                    Integer.toUnsignedLong(table.getInt(at + 0x0c)),
                    Integer.toUnsignedLong(table.getInt(at + 0x10)),
                    Integer.toUnsignedLong(table.getInt(at + 0x14)),
                    Integer.toUnsignedLong(table.getInt(at + 0x1c))));
        }
        return new ElfFile(file, false, Integer.toUnsignedLong(header.getInt(ENTRY)), segments);
    }

    private static ElfFile parse64(ImageFile file) {
        ByteBuffer header = file.read("ELF header", 0, HEADER_SIZE_64);
        long offset = header.getLong(0x20);
        int entrySize = Short.toUnsignedInt(header.getShort(0x36));
        int count = checkedCount(file, header.getShort(0x38), entrySize, SEGMENT_SIZE_64);
        ByteBuffer table = file.read("program headers", offset, count * SEGMENT_SIZE_64);
        List<ElfSegment> segments = new ArrayList<>(count);
        for (int at = 0; at < table.limit(); at += SEGMENT_SIZE_64) {
            segments.add(new ElfSegment(
                    table.getInt(at),
                    table.getLong(at + 0x08),
                    table.getLong(at + 0x10),
                    table.getLong(at + 0x18),
                    table.getLong(at + 0x20),
                    table.getLong(at + 0x28),
                    table.getLong(at + 0x30)));
        }
        return new ElfFile(file, true, header.getLong(ENTRY), segments);
    }

    private static int checkedCount(ImageFile file, short countField, int entrySize, int expectedSize) {
        int count = Short.toUnsignedInt(countField);
        if (count == 0 || count > MAX_SEGMENTS) {
            throw file.broken("is an ELF file with " + count + " program headers: a kernel has 1 to " + MAX_SEGMENTS);
        }
        if (entrySize != expectedSize) {
            throw file.broken(
                    "is a broken ELF file: its program headers are " + entrySize + " bytes each, not " + expectedSize);
        }
        return count;
    }

    boolean is64() {
        return is64;
    }

    List<ElfSegment> segments() {
        return segments;
    }

    /**
     * Puts the segments into memory, by their physical addresses.
     *
     * @return the end of the highest
     */
    long load(BootMemory memory) {
        long end = 0;
        int number = 0;
        for (ElfSegment segment : segments) {
            if (isToBeLoaded(segment)) {
                end = Math.max(end, load(segment, "segment " + number, memory));
            }
            number++;
        }
        if (end == 0) {
            throw file.broken("is an ELF file with nothing to load");
        }
        return end;
    }

    private long load(ElfSegment segment, String what, BootMemory memory) {
        long filesz = segment.filesz();
        AddressRange range = memory.claim(file, what, segment.paddr(), segment.memsz());
        if (filesz < 0 || filesz > range.size()) {
            throw file.broken("is a broken ELF file: its " + what + " has more bytes in the file than in memory");
        }
        file.copy(what, segment.offset(), filesz, memory.memory(), range.base());
        memory.memory().zero(range.base() + filesz, range.size() - filesz);
        return range.last() + 1;
    }

    /**
     * Where the program starts, as a physical address. Some kernels name it by its virtual address, which the segment
     * it is in translates.
     */
    long entry() {
        return entry(entry);
    }

    /** Translates an entry point, which must be in something that is loaded. */
    long entry(long address) {
        for (ElfSegment segment : segments) {
            if (isLoaded(segment, address - segment.paddr())) {
                return address;
            }
        }
        for (ElfSegment segment : segments) {
            if (isLoaded(segment, address - segment.vaddr())) {
                return address - segment.vaddr() + segment.paddr();
            }
        }
        throw file.broken("is a broken ELF file: it starts at 0x" + Long.toHexString(address)
                + ", which is in none of its segments");
    }

    private static boolean isLoaded(ElfSegment segment, long offset) {
        return isToBeLoaded(segment) && Long.compareUnsigned(offset, segment.filesz()) < 0;
    }

    /** Empty segments are passed over, whatever else they say. */
    private static boolean isToBeLoaded(ElfSegment segment) {
        return segment.type() == ElfSegment.PT_LOAD && segment.memsz() != 0;
    }
}
