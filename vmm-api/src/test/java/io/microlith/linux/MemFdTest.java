// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MemFdTest {
    private static final long GIB = 1L << 30;

    @Test
    void create_largerThanTheHost_hasItsSize() throws IOException {
        try (MemFd file = MemFd.create("large", 4096 * GIB)) {
            Path path = Path.of("/proc/self/fd/" + file.fd());
            assertThat(Files.size(path)).isEqualTo(4096 * GIB);
        }
    }

    @Test
    void create_named_showsTheName() throws IOException {
        try (MemFd file = MemFd.create("guest-ram", 4096)) {
            assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + file.fd()))
                            .toString())
                    .contains("guest-ram");
        }
    }

    @Test
    void truncate_bySomebodyElse_isRefusedByTheSeal() throws IOException {
        try (MemFd file = MemFd.create("sealed", 8192);
                RandomAccessFile other = new RandomAccessFile("/proc/self/fd/" + file.fd(), "rw")) {
            assertThatThrownBy(() -> other.setLength(0)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> other.setLength(1 << 20)).isInstanceOf(IOException.class);
            assertThat(other.length()).isEqualTo(8192);
        }
    }

    @Test
    void create_impossibleSize_failsAndLeavesNoDescriptor() throws IOException {
        long before = descriptors();
        assertThatThrownBy(() -> MemFd.create("impossible", -1))
                .isInstanceOf(SystemCallException.class)
                .hasMessage("ftruncate failed: EINVAL (22) [memfd=impossible size=-1]");
        assertThat(descriptors()).isEqualTo(before);
    }

    @Test
    void create_nameTooLong_isTheKernelsError() {
        assertThatThrownBy(() -> MemFd.create("x".repeat(300), 4096))
                .isInstanceOf(SystemCallException.class)
                .hasMessageStartingWith("memfd_create failed: EINVAL (22)");
    }

    private static long descriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return list.count();
        }
    }
}
