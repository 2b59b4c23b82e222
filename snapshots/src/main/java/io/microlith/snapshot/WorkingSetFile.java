// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.WorkingSet.Run;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.StateCheck;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The format of a working set's file. All numbers are little-endian:
 *
 * <pre>
 *   header   +--------------+------------+-----------------------+----------+----------+------------+
 *            | magic 8 bytes| format  u32| fingerprint   20 bytes| pages u32| runs  u32| CRC32C  u32|
 *            +--------------+------------+-----------------------+----------+----------+------------+
 *   pages    | number    u32|  for each, in the order of first use
 *            +--------------+------------+
 *   runs     | begin     u32| count   u32|  for each
 *            +--------------+------------+
 *            | zeros up to a multiple of 4096
 *   content  | 4096 bytes for each page of each run
 * </pre>
 *
 * <p>The checksum is over the rest of the header, the pages and the runs. The fingerprint is that of the snapshot.
 */
final class WorkingSetFile {
    static final int FORMAT = 1;
    static final int HEADER_SIZE = 8 + 4 + Fingerprint.SIZE + 4 + 4 + 4;
    private static final StateCheck CHECK = StateCheck.of("WorkingSet");
    private static final int CHECKSUM = HEADER_SIZE - Integer.BYTES;
    private static final int RUN_SIZE = 2 * Integer.BYTES;
    private static final byte[] MAGIC = "MLTHWSET".getBytes(StandardCharsets.US_ASCII);

    private WorkingSetFile() {}

    /** The bytes of all before the content, of a set of a snapshot that has so many pages, at most. */
    static long largestTable(long pages) {
        return tableSize(pages, pages);
    }

    private static long tableSize(long pages, long runs) {
        return HEADER_SIZE + pages * Integer.BYTES + runs * RUN_SIZE + MemoryImage.PAGE - 1 & -MemoryImage.PAGE;
    }

    /** The file up to its content. */
    static ByteBuffer encode(WorkingSet set) {
        int[] trace = set.trace();
        int size = Math.toIntExact(tableSize(trace.length, set.runs().size()));
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).putInt(FORMAT);
        set.snapshot().writeTo(out);
        out.putInt(trace.length).putInt(set.runs().size()).putInt(0);
        Arrays.stream(trace).forEach(out::putInt);
        set.runs().forEach(run -> out.putInt(run.begin()).putInt(run.count()));
        out.putInt(CHECKSUM, checksum(out));
        return out.rewind();
    }

    /** Over the header and all up to the buffer's position. */
    private static int checksum(ByteBuffer table) {
        CRC32C checksum = new CRC32C();
        checksum.update(table.duplicate().limit(CHECKSUM).position(0));
        checksum.update(table.duplicate().flip().position(HEADER_SIZE));
        return (int) checksum.getValue();
    }

    /**
     * The bytes of all before the content.
     *
     * @param header the first bytes of the file
     * @param pages how many its snapshot has
     * @throws InvalidStateException if it is no such file, or of another snapshot
     */
    static long tableSize(ByteBuffer header, Fingerprint snapshot, long pages) {
        ByteBuffer in = header.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        CHECK.require("header", in.remaining() + " bytes", in.remaining() >= HEADER_SIZE, "has " + HEADER_SIZE);
        byte[] magic = new byte[MAGIC.length];
        in.get(magic);
        CHECK.require("magic", "something else", Arrays.equals(magic, MAGIC), "a working set begins with MLTHWSET");
        int format = in.getInt();
        CHECK.require(
                "format", Integer.toUnsignedString(format), format == FORMAT, "this program reads format " + FORMAT);
        Fingerprint owner = Fingerprint.read(in);
        CHECK.require("snapshot", owner, owner.equals(snapshot), "that of the snapshot it lies with, " + snapshot);
        return tableSize(count("pages", in.getInt(), pages), count("runs", in.getInt(), pages));
    }

    private static int count(String field, int count, long most) {
        CHECK.require(
                field, Integer.toUnsignedString(count), count >= 0 && count <= most, "at most the memory's " + most);
        return count;
    }

    /**
     * Reads what {@link #encode} made.
     *
     * @param table all before the content
     * @param pages how many its snapshot has
     * @param extents pages at which an extent begins, and no run goes on
     * @throws InvalidStateException if it is no such file, of another snapshot, or damaged
     */
    static WorkingSet decode(ByteBuffer table, Fingerprint snapshot, int pages, BitSet extents) {
        long size = tableSize(table, snapshot, pages);
        CHECK.require("table", table.remaining() + " bytes", size <= table.remaining(), "has " + size);
        ByteBuffer in = table.slice().order(ByteOrder.LITTLE_ENDIAN);
        int[] trace = new int[in.getInt(CHECKSUM - 2 * Integer.BYTES)];
        int count = in.getInt(CHECKSUM - Integer.BYTES);
        in.position(HEADER_SIZE + trace.length * Integer.BYTES + count * RUN_SIZE);
        CHECK.require("table", "damaged", in.getInt(CHECKSUM) == checksum(in), "its checksum fits");
        in.position(HEADER_SIZE);
        in.asIntBuffer().get(trace);
        in.position(HEADER_SIZE + trace.length * Integer.BYTES);
        checkPages(trace, pages);
        List<Run> runs = new ArrayList<>(count);
        long contents = 0;
        for (int i = 0; i < count; i++) {
            Run run = new Run(in.getInt(), in.getInt());
            checkRun(run, i, pages, extents);
            contents += run.count();
            runs.add(run);
        }
        CHECK.require("runs", contents + " pages", contents <= trace.length, "at most those of the set");
        return new WorkingSet(snapshot, trace, runs);
    }

    // There may be tens of thousands of both, and a machine waits: only what is wrong is put into words.

    private static void checkPages(int[] trace, int pages) {
        for (int page : trace) {
            if (page < 0 || page >= pages) {
                throw new InvalidStateException("WorkingSet.page", Integer.toUnsignedString(page), "one of " + pages);
            }
        }
    }

    private static void checkRun(Run run, int index, int pages, BitSet extents) {
        if (run.begin() < 0 || run.count() <= 0 || run.count() > pages - run.begin()) {
            throw new InvalidStateException("WorkingSet.run " + index, run, "some of " + pages);
        }
        int next = extents.nextSetBit(run.begin() + 1);
        if (next >= 0 && next < run.end()) {
            throw new InvalidStateException("WorkingSet.run " + index, run, "in one extent");
        }
    }
}
