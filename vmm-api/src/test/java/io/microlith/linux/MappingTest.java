// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingTest {
    private static final long PAGE = 4096;

    @Test
    void shared_twoMappings_showTheSameBytes() {
        try (MemFd file = MemFd.create("twice", 2 * PAGE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment all = Mapping.shared(file, 0, 2 * PAGE, arena);
            MemorySegment second = Mapping.shared(file, PAGE, PAGE, arena);
            all.set(JAVA_LONG, PAGE + 8, 42);
            assertThat(second.get(JAVA_LONG, 8)).isEqualTo(42);
        }
    }

    @Test
    void readOnly_fileOpenForReading_isReadAndNotWritten(@TempDir Path directory) throws IOException {
        byte[] content = new byte[(int) PAGE];
        content[9] = 42;
        Path path = Files.write(directory.resolve("content"), content);
        try (Fd file = Fd.open(path, Fd.O_RDONLY);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapping = Mapping.readOnly(file, 0, PAGE, arena);
            assertThat(mapping.get(JAVA_BYTE, 9)).isEqualTo((byte) 42);
            assertThat(mapping.isReadOnly()).isTrue();
            assertThatThrownBy(() -> Mapping.shared(file, 0, PAGE, arena))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("EACCES");
        }
    }

    @Test
    void shared_fileClosed_mappingStays() {
        try (Arena arena = Arena.ofConfined()) {
            MemFd file = MemFd.create("short-lived", PAGE);
            MemorySegment mapping = Mapping.shared(file, 0, PAGE, arena);
            file.close();
            mapping.set(JAVA_BYTE, 0, (byte) 1);
            assertThat(mapping.get(JAVA_BYTE, 0)).isEqualTo((byte) 1);
        }
    }

    @Test
    void shared_arenaClosed_isUnmappedAndNotTouched() throws IOException {
        String range;
        MemorySegment mapping;
        try (MemFd file = MemFd.create("unmap-me", 16 * PAGE);
                Arena arena = Arena.ofShared()) {
            mapping = Mapping.shared(file, 0, 16 * PAGE, arena);
            range = Long.toHexString(mapping.address()) + "-" + Long.toHexString(mapping.address() + 16 * PAGE);
            assertThat(Files.readString(Path.of("/proc/self/maps"))).contains(range);
        }
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(range);
        assertThatThrownBy(() -> mapping.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shared_arenaClosedBefore_leavesNoMapping() throws IOException {
        Arena arena = Arena.ofConfined();
        arena.close();
        try (MemFd file = MemFd.create("never-mapped", PAGE)) {
            assertThatThrownBy(() -> Mapping.shared(file, 0, PAGE, arena)).isInstanceOf(IllegalStateException.class);
            assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain("never-mapped");
        }
    }

    @Test
    void shared_sizeIsZero_isTheKernelsError() {
        try (MemFd file = MemFd.create("empty", PAGE);
                Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Mapping.shared(file, 0, 0, arena))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessage("mmap failed: EINVAL (22) [size=0x0 fd=" + file.fd() + "]");
        }
    }

    /** What a truncated disk image does: an error of this access, and a JVM that lives. */
    @Test
    void read_fileTruncated_isAnInternalError(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
                Arena arena = Arena.ofConfined();
                Fd fd = Fd.open(path, Fd.O_RDWR)) {
            file.setLength(2 * PAGE);
            MemorySegment mapping = Mapping.shared(fd, 0, 2 * PAGE, arena);
            file.setLength(0);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10; i++) {
                            mapping.set(JAVA_BYTE, PAGE, (byte) 1);
                        }
                    })
                    .isInstanceOf(InternalError.class);
        }
    }

    @Test
    void anonymous_anyAlignment_isAlignedZeroAndUnmappedAtTheEnd() throws IOException {
        long address;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapping = Mapping.anonymous(3 * PAGE, 1L << 30, arena);
            address = mapping.address();
            assertThat(address % (1L << 30)).isZero();
            assertThat(mapping.byteSize()).isEqualTo(3 * PAGE);
            assertThat(mapping.get(JAVA_BYTE, 3 * PAGE - 1)).isZero();
            mapping.set(JAVA_BYTE, 3 * PAGE - 1, (byte) 1);
            assertThat(isMapped(address)).isTrue();
        }
        assertThat(isMapped(address)).isFalse();
    }

    private static boolean isMapped(long address) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .map(line -> line.substring(0, line.indexOf(' ')).split("-", 2))
                .anyMatch(range -> Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                        && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0);
    }

    @Test
    void anonymous_moreThanTheAddressSpace_isTheKernelsError() {
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Mapping.anonymous(1L << 60, PAGE, arena))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("ENOMEM (12)");
        }
    }

    @Test
    void adviseHugePages_anyKernel_mappingWorks() {
        try (MemFd file = MemFd.create("huge", 4L << 20);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapping = Mapping.shared(file, 0, 4L << 20, arena);
            boolean supported = Mapping.adviseHugePages(mapping);
            mapping.set(JAVA_BYTE, 3L << 20, (byte) 5);
            assertThat(mapping.get(JAVA_BYTE, 3L << 20))
                    .as("advised: %s", supported)
                    .isEqualTo((byte) 5);
        }
    }
}
