// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds ELF files with program headers and no sections. What is wrong about a file is written into it afterwards. */
final class ElfBuilder {
    static final int PHDRS_64 = 64;
    static final int PHDR_SIZE_64 = 56;
    static final int PHDRS_32 = 52;
    static final int PHDR_SIZE_32 = 32;

    private final boolean is64;
    private final List<Segment> segments = new ArrayList<>();
    private long entry;

    private static final class Segment {
        private final int type;
        private final long vaddr;
        private final long paddr;
        private final byte[] data;
        private final long memsz;

        Segment(int type, long vaddr, long paddr, byte[] data, long memsz) {
            this.type = type;
            this.vaddr = vaddr;
            this.paddr = paddr;
            this.data = data;
            this.memsz = memsz;
        }
    }

    private ElfBuilder(boolean is64) {
        this.is64 = is64;
    }

    static ElfBuilder of64() {
        return new ElfBuilder(true);
    }

    static ElfBuilder of32() {
        return new ElfBuilder(false);
    }

    ElfBuilder entry(long address) {
        entry = address;
        return this;
    }

    /** Adds a loaded segment that is the same in the file and in memory. */
    ElfBuilder load(long paddr, byte[] data) {
        return load(paddr, paddr, data, data.length);
    }

    ElfBuilder load(long vaddr, long paddr, byte[] data, long memsz) {
        segments.add(new Segment(ElfSegment.PT_LOAD, vaddr, paddr, data, memsz));
        return this;
    }

    /** Adds a segment of notes. */
    ElfBuilder notes(byte[]... notes) {
        ByteBuffer all = ByteBuffer.allocate(1 << 20);
        for (byte[] note : notes) {
            all.put(note);
        }
        byte[] data = new byte[all.position()];
        all.flip().get(data);
        segments.add(new Segment(ElfSegment.PT_NOTE, 0, 0, data, data.length));
        return this;
    }

    /** A note, padded to 4 bytes. */
    static byte[] note(String name, int type, byte[] descriptor) {
        ByteBuffer note = ByteBuffer.allocate(12 + pad(name.length() + 1) + pad(descriptor.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        note.putInt(name.length() + 1).putInt(descriptor.length).putInt(type);
        note.put(12, name.getBytes(StandardCharsets.US_ASCII));
        note.put(12 + pad(name.length() + 1), descriptor);
        return note.array();
    }

    /** The note that makes a PVH kernel, as Linux writes it. */
    static byte[] pvhNote(long entry) {
        byte[] descriptor = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(entry)
                .array();
        return note("Xen", 18, descriptor);
    }

    private static int pad(int length) {
        return (length + 3) & ~3;
    }

    byte[] build() {
        int table = is64 ? PHDRS_64 : PHDRS_32;
        int entrySize = is64 ? PHDR_SIZE_64 : PHDR_SIZE_32;
        int offset = table + segments.size() * entrySize;
        int total = offset + segments.stream().mapToInt(s -> s.data.length).sum();
        ByteBuffer file = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0x464c457f);
        file.put(4, (byte) (is64 ? 2 : 1));
        file.put(5, (byte) 1);
        file.put(6, (byte) 1);
        file.putShort(0x10, (short) 2);
        file.putShort(0x12, (short) (is64 ? 62 : 3));
        file.putInt(0x14, 1);
        if (is64) {
            file.putLong(0x18, entry);
            file.putLong(0x20, table);
            file.putShort(0x34, (short) PHDRS_64);
            file.putShort(0x36, (short) entrySize);
            file.putShort(0x38, (short) segments.size());
        } else {
            file.putInt(0x18, (int) entry);
            file.putInt(0x1c, table);
            file.putShort(0x28, (short) PHDRS_32);
            file.putShort(0x2a, (short) entrySize);
            file.putShort(0x2c, (short) segments.size());
        }
        int header = table;
        for (Segment segment : segments) {
            putSegment(file, header, segment, offset);
            file.put(offset, segment.data);
            header += entrySize;
            offset += segment.data.length;
        }
        return file.array();
    }

    private void putSegment(ByteBuffer file, int at, Segment segment, int offset) {
        file.putInt(at, segment.type);
        if (is64) {
            file.putInt(at + 0x04, 7);
            file.putLong(at + 0x08, offset);
            file.putLong(at + 0x10, segment.vaddr);
            file.putLong(at + 0x18, segment.paddr);
            file.putLong(at + 0x20, segment.data.length);
            file.putLong(at + 0x28, segment.memsz);
            file.putLong(at + 0x30, 4);
        } else {
            file.putInt(at + 0x04, offset);
            file.putInt(at + 0x08, (int) segment.vaddr);
            file.putInt(at + 0x0c, (int) segment.paddr);
            file.putInt(at + 0x10, segment.data.length);
            file.putInt(at + 0x14, (int) segment.memsz);
            file.putInt(at + 0x18, 7);
            file.putInt(at + 0x1c, 4);
        }
    }
}
