// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Also of the calls of {@link PosixIo} that take one, and of those that a disk needs besides. */
class IoVectorTest {
    private static final int BLOCK = 4096;

    @TempDir
    private Path directory;

    private Path file(int size, int value) throws IOException {
        byte[] content = new byte[size];
        Arrays.fill(content, (byte) value);
        return Files.write(directory.resolve("file"), content);
    }

    @Test
    void capacity_outsideTheKernels_isRefused() {
        for (int capacity : new int[] {-1, 0, IoVector.MAX_CAPACITY + 1}) {
            assertThatThrownBy(() -> new IoVector(capacity)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void add_neighbours_areOneEntry() {
        IoVector vector = new IoVector(2);
        assertThat(vector.isEmpty()).isTrue();
        assertThat(vector.add(0x1000, 16)).isTrue();
        assertThat(vector.add(0x1010, 16)).isTrue();
        assertThat(vector.count()).isEqualTo(1);
        assertThat(vector.add(0x1000, 8)).as("before the last one").isTrue();
        assertThat(vector.count()).isEqualTo(2);
        assertThat(vector.bytes()).isEqualTo(40);
        assertThat(vector.isEmpty()).isFalse();
    }

    @Test
    void add_noRoom_isRefusedAndChangesNothing() {
        IoVector vector = new IoVector(1);
        assertThat(vector.add(0x1000, 16)).isTrue();
        assertThat(vector.add(0x2000, 16)).isFalse();
        assertThat(vector.bytes()).isEqualTo(16);
        assertThat(vector.add(0x1010, 16)).as("a neighbour needs no room").isTrue();
        vector.clear();
        assertThat(vector.bytes()).isZero();
        assertThat(vector.add(0x2000, 16)).isTrue();
    }

    @Test
    void add_noBytes_addsNothing() {
        IoVector vector = new IoVector(1);
        assertThat(vector.add(0x1000, 0)).isTrue();
        assertThat(vector.isEmpty()).isTrue();
        assertThat(vector.add(0x1000, -1)).isFalse();
    }

    @Test
    void preadvAndPwritev_severalBuffers_areScatteredAndGathered() throws IOException {
        try (Arena arena = Arena.ofConfined();
                Fd fd = Fd.open(file(64, 7), Fd.O_RDWR)) {
            MemorySegment memory = arena.allocate(64);
            IoVector vector = new IoVector(2);
            vector.add(memory.address() + 8, 4);
            vector.add(memory.address(), 2);
            memory.set(ValueLayout.JAVA_BYTE, 8, (byte) 1);
            memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 2);
            assertThat(PosixIo.pwritev(fd, vector, 60)).isEqualTo(6);
            memory.fill((byte) 0);
            assertThat(PosixIo.preadv(fd, vector, 60)).isEqualTo(6);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, 8)).isEqualTo((byte) 1);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 2);
            assertThat(PosixIo.size(fd)).isEqualTo(66);
            assertThat(PosixIo.preadv(fd, vector, 63)).as("what there is").isEqualTo(3);
            assertThat(PosixIo.preadv(fd, vector, 66)).as("the end").isZero();
            assertThat(PosixIo.preadv(fd, vector, -1)).isEqualTo(-Errno.EINVAL);
        }
    }

    @Test
    void preadv_unmappedMemory_isEfault() throws IOException {
        try (Fd fd = Fd.open(file(64, 7), Fd.O_RDONLY)) {
            IoVector vector = new IoVector(1);
            vector.add(8, 8);
            assertThat(PosixIo.preadv(fd, vector, 0)).isEqualTo(-Errno.EFAULT);
            assertThat(PosixIo.pwritev(fd, vector, 0)).as("open for reading").isEqualTo(-Errno.EBADF);
        }
    }

    @Test
    void readvAndWritev_stream_goOnWhereTheyStopped() throws IOException {
        try (Arena arena = Arena.ofConfined();
                Fd fd = Fd.open(file(8, 7), Fd.O_RDWR)) {
            IoVector vector = new IoVector(1);
            vector.add(arena.allocate(6).address(), 6);
            assertThat(PosixIo.readv(fd, vector)).isEqualTo(6);
            assertThat(PosixIo.readv(fd, vector)).isEqualTo(2);
            assertThat(PosixIo.readv(fd, vector)).isZero();
            assertThat(PosixIo.writev(fd, vector)).isEqualTo(6);
            assertThat(PosixIo.size(fd)).isEqualTo(14);
        }
    }

    @Test
    void punchHole_range_readsAsZeroWhereThereIsSuchAThing() throws IOException {
        Path file = file(3 * BLOCK, 7);
        try (Fd fd = Fd.open(file, Fd.O_RDWR)) {
            int result = PosixIo.punchHole(fd, BLOCK, BLOCK);
            assertThat(result).isIn(0, -Errno.EOPNOTSUPP);
            byte[] content = Files.readAllBytes(file);
            assertThat(content).hasSize(3 * BLOCK);
            assertThat(content[BLOCK]).isEqualTo((byte) (result == 0 ? 0 : 7));
            assertThat(content[2 * BLOCK]).isEqualTo((byte) 7);
            assertThat(PosixIo.zeroRange(fd, 2 * BLOCK, BLOCK)).isIn(0, -Errno.EOPNOTSUPP);
            assertThat(PosixIo.punchHole(fd, 0, -1)).isEqualTo(-Errno.EINVAL);
        }
    }

    @Test
    void truncateAndDataSync_file_doWhatTheySay() throws IOException {
        try (Fd fd = Fd.open(file(64, 7), Fd.O_RDWR)) {
            assertThat(PosixIo.truncate(fd, 100)).isZero();
            assertThat(PosixIo.size(fd)).isEqualTo(100);
            assertThat(PosixIo.dataSync(fd)).isZero();
        }
        try (EventFd event = EventFd.create()) {
            assertThat(PosixIo.dataSync(event)).isEqualTo(-Errno.EINVAL);
        }
    }
}
