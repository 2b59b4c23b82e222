// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCheck;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The format of a state file. All numbers are little-endian:
 *
 * <pre>
 *   header   +--------------+--------------+--------------+--------------+----------+------------+
 *            | magic 8 bytes| format    u16| architect.u16| sections  u32| id 16 b. | CRC32C  u32|
 *            +--------------+--------------+--------------+--------------+----------+------------+
 *   section  +--------------+--------------+--------------+--------------+- - - - - +- - - - - - +
 *            | type      u16| name len. u16| length    u32| CRC32C    u32| name     | content    |
 *            +--------------+--------------+--------------+--------------+- - - - - +- - - - - - +
 * </pre>
 *
 * <p>A header's checksum is over what is before it, a section's over what is before and behind it. Sections of unknown
 * types are skipped; those of known ones are states, which are versioned themselves. The format's number rises only
 * when an older program could not skip what is new; header and section headers are the same in every format.
 */
final class StateFile {
    /** The format that is written. */
    static final int FORMAT = 2;

    /** The oldest format that is read: the two before the one that is written are. */
    static final int OLDEST_FORMAT = 1;

    /** More than any machine needs: what is larger is not read. */
    static final int MAX_SIZE = 64 << 20;

    /** x86-64, as ELF numbers it (EM_X86_64). */
    static final int X86_64 = 62;

    static final int HEADER_SIZE = 8 + 2 + 2 + 4 + 16 + 4;
    static final int SECTION_HEADER_SIZE = 2 + 2 + 4 + 4;
    private static final int CHECKSUM_OFFSET = 2 + 2 + 4;

    static final int MAX_SECTIONS = 1 << 14;
    static final int MAX_NAME = 64;

    private static final StateCheck CHECK = StateCheck.of("snapshot");
    private static final long MAGIC = magic("MLTHSNAP");

    private StateFile() {}

    private static long magic(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    /**
     * What a state file says.
     *
     * @param format the number of its format
     * @param architecture the processors' kind, as ELF numbers it
     * @param id the snapshot's
     * @param sections all of them
     */
    record Content(int format, int architecture, UUID id, List<Section> sections) {
        Content {
            sections = List.copyOf(sections);
        }

        /** In the format that is written, of a machine of this kind. */
        static Content of(UUID id, List<Section> sections) {
            return new Content(FORMAT, X86_64, id, sections);
        }
    }

    static byte[] encode(Content content) {
        List<Section> sections = content.sections();
        int size = HEADER_SIZE;
        for (Section section : sections) {
            size = Math.addExact(
                    size,
                    SECTION_HEADER_SIZE
                            + section.name().length()
                            + section.content().length());
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putShort((short) content.format()).putShort((short) content.architecture());
        out.putInt(sections.size());
        out.putLong(content.id().getMostSignificantBits()).putLong(content.id().getLeastSignificantBits());
        out.putInt(checksum(out.array(), out.position()));
        for (Section section : sections) {
            byte[] name = section.name().getBytes(StandardCharsets.US_ASCII);
            int begin = out.position();
            out.putShort((short) section.type())
                    .putShort((short) name.length)
                    .putInt(section.content().length());
            out.putInt(0).put(name).put(section.content().toByteArray());
            out.putInt(begin + CHECKSUM_OFFSET, sectionChecksum(out.array(), begin, out.position()));
        }
        return out.array();
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    private static int sectionChecksum(byte[] bytes, int begin, int end) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, begin, CHECKSUM_OFFSET);
        checksum.update(bytes, begin + SECTION_HEADER_SIZE, end - begin - SECTION_HEADER_SIZE);
        return (int) checksum.getValue();
    }

    /** Whether this program knows what the sections of a format mean. */
    static boolean isReadable(int format) {
        return format >= OLDEST_FORMAT && format <= FORMAT;
    }

    /**
     * Reads a state file, whatever the architecture.
     *
     * @throws InvalidStateException if it is not one that this program can read; never more memory than a few times the
     *     bytes
     */
    static Content decode(byte[] bytes) {
        Content content = decodeAny(bytes);
        CHECK.require(
                "format",
                content.format(),
                isReadable(content.format()),
                "this program reads formats " + OLDEST_FORMAT + " to " + FORMAT);
        return content;
    }

    /**
     * Reads a state file of any format, newer ones included.
     *
     * @throws InvalidStateException if it is not one, or damaged; never more memory than a few times the bytes
     */
    static Content decodeAny(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        CHECK.require("header", bytes.length + " bytes", bytes.length >= HEADER_SIZE, "has " + HEADER_SIZE);
        CHECK.require("magic", "something else", in.getLong() == MAGIC, "a snapshot begins with MLTHSNAP");
        int format = Short.toUnsignedInt(in.getShort());
        int architecture = Short.toUnsignedInt(in.getShort());
        int count = in.getInt();
        UUID id = new UUID(in.getLong(), in.getLong());
        int checksum = in.getInt();
        CHECK.require(
                "header", "damaged", checksum == checksum(bytes, HEADER_SIZE - Integer.BYTES), "its checksum fits");
        CHECK.require(
                "sections",
                Integer.toUnsignedString(count),
                count >= 0 && count <= MAX_SECTIONS,
                "at most " + MAX_SECTIONS);
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sections.add(section(bytes, in, i));
        }
        CHECK.require("end", in.remaining() + " bytes more", !in.hasRemaining(), "nothing is behind the last section");
        return new Content(format, architecture, id, sections);
    }

    private static Section section(byte[] bytes, ByteBuffer in, int index) {
        String field = "section " + index;
        CHECK.require(field, "cut off", in.remaining() >= SECTION_HEADER_SIZE, "the file is whole");
        int begin = in.position();
        int type = Short.toUnsignedInt(in.getShort());
        int nameLength = Short.toUnsignedInt(in.getShort());
        int length = in.getInt();
        int checksum = in.getInt();
        CHECK.require(field, "name of " + nameLength + " bytes", nameLength <= MAX_NAME, "at most " + MAX_NAME);
        CHECK.require(
                field,
                Integer.toUnsignedString(length) + " bytes",
                length >= 0 && length <= in.remaining() - nameLength,
                "at most those left in the file");
        CHECK.require(
                field,
                "damaged",
                checksum == sectionChecksum(bytes, begin, in.position() + nameLength + length),
                "its checksum fits");
        String name = new String(bytes, in.position(), nameLength, StandardCharsets.US_ASCII);
        Section section = new Section(type, name, ByteString.of(bytes, in.position() + nameLength, length));
        in.position(in.position() + nameLength + length);
        return section;
    }
}
