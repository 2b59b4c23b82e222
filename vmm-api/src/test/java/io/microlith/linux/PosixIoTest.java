// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixIoTest {
    @TempDir
    private Path directory;

    private Path file(byte... content) throws IOException {
        return Files.write(directory.resolve("file"), content);
    }

    @Test
    void read_streamInParts_goesOnWhereItStopped() throws IOException {
        byte[] into = {9, 9, 9, 9, 9};
        try (Fd fd = Fd.open(file((byte) 1, (byte) 2, (byte) 3), Fd.O_RDONLY)) {
            assertThat(PosixIo.read(fd, into, 1, 2)).isEqualTo(2);
            assertThat(into).containsExactly(9, 1, 2, 9, 9);
            assertThat(PosixIo.read(fd, into, 0, 5)).isEqualTo(1);
            assertThat(into).containsExactly(3, 1, 2, 9, 9);
            assertThat(PosixIo.read(fd, into, 0, 5)).isZero();
        }
    }

    @Test
    void read_noBytesWanted_isZero() throws IOException {
        try (Fd fd = Fd.open(file((byte) 1), Fd.O_RDONLY)) {
            assertThat(PosixIo.read(fd, new byte[0], 0, 0)).isZero();
        }
    }

    @Test
    void read_nothingThereAndNonBlocking_isEagain() {
        try (EventFd event = EventFd.create()) {
            assertThat(PosixIo.read(event, new byte[8], 0, 8)).isEqualTo(-Errno.EAGAIN);
        }
    }

    @Test
    void read_closedDescriptor_isEbadf() throws IOException {
        Fd fd = Fd.open(file((byte) 1), Fd.O_RDONLY);
        fd.close();

        assertThat(PosixIo.read(fd, new byte[1], 0, 1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void read_outsideTheArray_throws() throws IOException {
        try (Fd fd = Fd.open(file((byte) 1), Fd.O_RDONLY)) {
            assertThatThrownBy(() -> PosixIo.read(fd, new byte[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> PosixIo.read(fd, new byte[4], -1, 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void write_partOfArray_isInFile() throws IOException {
        Path file = file();
        try (Fd fd = Fd.open(file, Fd.O_RDWR)) {
            assertThat(PosixIo.write(fd, new byte[] {1, 2, 3, 4}, 1, 2)).isEqualTo(2);
        }
        assertThat(file).hasBinaryContent(new byte[] {2, 3});
    }

    @Test
    void write_readOnlyDescriptor_isEbadf() throws IOException {
        try (Fd fd = Fd.open(file((byte) 1), Fd.O_RDONLY)) {
            assertThat(PosixIo.write(fd, new byte[1], 0, 1)).isEqualTo(-Errno.EBADF);
        }
    }

    @Test
    void write_outsideTheArray_throws() {
        assertThatThrownBy(() -> PosixIo.write(PosixIo.STDIN, new byte[4], 0, 5))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
