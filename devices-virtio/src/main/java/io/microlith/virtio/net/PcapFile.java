// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.linux.IoVector;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of frames as libpcap writes it, with nanoseconds; all numbers are in the host's order:
 *
 * <pre>
 *   magic 0xa1b23c4d u32 | version 2 u16, 4 u16 | zeros u64 | longest frame u32 | kind, 1 for Ethernet u32
 *   { seconds u32 | nanoseconds u32 | bytes here u32 | bytes of the frame u32 | frame } for each
 * </pre>
 *
 * <p>When it cannot be written any more, for a full disk, it ends after its last whole frame. Allocates nothing.
 */
final class PcapFile implements AutoCloseable {
    static final int HEADER_SIZE = 24;
    static final int RECORD_SIZE = 16;
    static final int MAGIC = 0xa1b2_3c4d;

    private static final Logger LOG = LoggerFactory.getLogger(PcapFile.class);
    private static final int ETHERNET = 1;
    private static final long NANOS = 1_000_000_000L;

    private final Path path;
    private final Fd file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment record = arena.allocate(RECORD_SIZE + NetLayout.MOST_FRAME, Long.BYTES);
    private final IoVector vector = new IoVector(1);

    /** What a clock of nanoseconds is ahead of {@link System#nanoTime}. */
    private final long epoch;

    private long size = HEADER_SIZE;
    private boolean failed;

    private PcapFile(Path path, Fd file) {
        this.path = path;
        this.file = file;
        Instant now = Instant.now();
        epoch = now.getEpochSecond() * NANOS + now.getNano() - System.nanoTime();
    }

    /**
     * Makes a file, or replaces one.
     *
     * @throws ConfigException if it cannot be written
     */
    static PcapFile create(Path path) {
        try {
            Files.write(path, new byte[0]);
            PcapFile created = new PcapFile(path, Fd.open(path, Fd.O_RDWR));
            created.begin();
            return created;
        } catch (IOException | SystemCallException e) {
            throw new ConfigException("net.pcap", path + " cannot be written: " + e, e);
        }
    }

    private void begin() {
        record.set(ValueLayout.JAVA_INT, 0, MAGIC);
        record.set(ValueLayout.JAVA_SHORT, 4, (short) 2);
        record.set(ValueLayout.JAVA_SHORT, 6, (short) 4);
        record.set(ValueLayout.JAVA_LONG, 8, 0);
        record.set(ValueLayout.JAVA_INT, 16, NetLayout.MOST_FRAME);
        record.set(ValueLayout.JAVA_INT, 20, ETHERNET);
        write(0, HEADER_SIZE);
    }

    /** Where the next frame is to be put, from {@link #RECORD_SIZE} on. */
    MemorySegment record() {
        return record;
    }

    /** Writes the frame that was put into the record. */
    void add(int length) {
        if (failed) {
            return;
        }
        long now = System.nanoTime() + epoch;
        record.set(ValueLayout.JAVA_INT, 0, (int) (now / NANOS));
        record.set(ValueLayout.JAVA_INT, 4, (int) (now % NANOS));
        record.set(ValueLayout.JAVA_INT, 8, length);
        record.set(ValueLayout.JAVA_INT, 12, length);
        write(size, RECORD_SIZE + length);
        size += RECORD_SIZE + length;
    }

    private void write(long at, int length) {
        vector.clear();
        // NATIVE: the kernel reads the record, during the call only.
        vector.add(record.address(), length);
        long written = PosixIo.pwritev(file, vector, at);
        if (written != length) {
            failed = true;
            var _ = PosixIo.truncate(file, at);
            LOG.warn(
                    "pcap={} has no more frames from here on: {}",
                    path,
                    written < 0 ? Errno.describe((int) -written) : "the disk is full");
        }
    }

    @Override
    public void close() {
        file.close();
        arena.close();
    }
}
