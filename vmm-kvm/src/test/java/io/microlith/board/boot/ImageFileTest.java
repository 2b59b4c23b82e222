// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
    @TempDir
    private Path directory;

    private final FakeMachine machine = FakeMachine.ofMebibytes(32);

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void copy_partOfAFile_isThatPart() {
        byte[] content = Samples.bytes(1, 1000);
        try (ImageFile file = ImageFile.open("kernel", Samples.write(directory.resolve("f"), content))) {
            file.copy("x", 100, 50, machine.memory(), 0x1000);
        }
        assertThat(machine.bytes(0x1000, 50)).isEqualTo(Arrays.copyOfRange(content, 100, 150));
        assertThat(machine.memory().getByte(0x1032)).isZero();
    }

    @Test
    void has_anyNumbers_doesNotOverflow() {
        try (ImageFile file = ImageFile.open("kernel", Samples.write(directory.resolve("f"), new byte[10]))) {
            assertThat(file.has(0, 10)).isTrue();
            assertThat(file.has(10, 0)).isTrue();
            assertThat(file.has(1, 10)).isFalse();
            assertThat(file.has(11, 0)).isFalse();
            assertThat(file.has(-1, 1)).isFalse();
            assertThat(file.has(1, -1)).isFalse();
            assertThat(file.has(Long.MAX_VALUE, Long.MAX_VALUE)).isFalse();
            assertThat(file.has(Long.MIN_VALUE, Long.MAX_VALUE)).isFalse();
        }
    }

    @Test
    void copy_fileTruncatedMeanwhile_isAnError() throws IOException {
        Path path = Samples.write(directory.resolve("f"), new byte[10_000]);
        try (ImageFile file = ImageFile.open("initrd", path)) {
            try (FileChannel writer = FileChannel.open(path, StandardOpenOption.WRITE)) {
                writer.truncate(5000);
            }
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> file.copy("content", 0, 10_000, machine.memory(), 0x10_0000))
                    .withMessageContaining("was truncated while it was read")
                    .satisfies(e -> assertThat(e.setting()).isEqualTo("initrd"));
        }
    }

    @Test
    void load_largeFiles_costNoJavaMemory() throws IOException {
        Path initrd = directory.resolve("initrd");
        Files.write(initrd, Samples.bytes(2, 8 << 20));
        Path kernel = Samples.write(directory.resolve("kernel"), new BzImageBuilder(new byte[4 << 20]).build());
        LinuxBoot boot = LinuxBoot.kernel(kernel).initrd(initrd).commandLine("quiet");
        var _ = boot.load(machine.context()); // Classes and buffers of the first time.

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        var _ = boot.load(machine.context());
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(256 << 10);
    }
}
