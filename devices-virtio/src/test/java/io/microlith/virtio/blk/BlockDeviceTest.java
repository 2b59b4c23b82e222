// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static io.microlith.virtio.blk.BlkGuest.IO_ERROR;
import static io.microlith.virtio.blk.BlkGuest.OK;
import static io.microlith.virtio.blk.BlkGuest.filled;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.HostTool;
import io.microlith.virtio.HostPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk on a block device of the host, which is a loop over a file. For root, who alone can make one. */
class BlockDeviceTest {
    private static final int SIZE = 1 << 20;
    private static final HostTool LOSETUP = new HostTool("losetup", "mount");

    @TempDir
    private Path directory;

    private Path file() throws IOException {
        return Files.write(directory.resolve("disk"), filled(SIZE, 7));
    }

    /** A block device with a file's content, for as long as a test wants it. */
    private record Loop(Path device) implements AutoCloseable {
        static Loop over(Path file, int blockSize) {
            LOSETUP.require();
            try {
                return new Loop(Path.of(HostPart.runHere(
                        "losetup", "--find", "--show", "--sector-size", Integer.toString(blockSize), file.toString())));
            } catch (AssertionError e) {
                HostPart.skip(
                        "only root can make a block device of a file, and not in every container: " + e.getMessage());
                throw e;
            }
        }

        @Override
        public void close() {
            HostPart.runHere("losetup", "--detach", device.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void readAndWrite_blockDevice_areOfItsContent(int blockSize) throws IOException {
        Path file = file();
        try (Loop loop = Loop.over(file, blockSize)) {
            try (BlkGuest guest = new BlkGuest(BlkConfig.of(() -> FileBackend.open(loop.device())))) {
                assertThat(guest.driver.readRaw(0x100, 8)).as("sectors").isEqualTo(SIZE / 512);
                assertThat(guest.read(0, 8192)).isEqualTo(filled(8192, 7));
                // A sector alone, whatever the blocks are.
                assertThat(guest.write(3, filled(512, 9))).isEqualTo(OK);
                assertThat(guest.read(2, 512)).isEqualTo(filled(512, 7));
                assertThat(guest.read(3, 512)).isEqualTo(filled(512, 9));
                assertThat(guest.read(4, 512)).isEqualTo(filled(512, 7));
                assertThat(guest.write(SIZE / 512 - 1, filled(1024, 9))).isEqualTo(IO_ERROR);
                assertThat(guest.request(BlkRequest.FLUSH, 0)).isEqualTo(OK);
                byte[] flushed = Arrays.copyOfRange(Files.readAllBytes(file), 3 * 512, 4 * 512);
                assertThat(flushed).isEqualTo(filled(512, 9));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void trim_blockDevice_isZeroAndGivenBack(int blockSize) throws IOException {
        Path file = file();
        try (Loop loop = Loop.over(file, blockSize)) {
            try (BlkGuest guest = new BlkGuest(BlkConfig.of(() -> FileBackend.open(loop.device())))) {
                assertThat(guest.trim(BlkRequest.DISCARD, 0, 512, 0)).isEqualTo(OK);
                assertThat(guest.read(0, 512 * 512)).isEqualTo(new byte[512 * 512]);
                // Across the blocks of a device that has large ones.
                assertThat(guest.trim(BlkRequest.WRITE_ZEROES, 1001, 3, 0)).isEqualTo(OK);
                assertThat(guest.trim(BlkRequest.WRITE_ZEROES, 1025, 3, 1)).isEqualTo(OK);
                assertThat(guest.read(1000, 512)).isEqualTo(filled(512, 7));
                assertThat(guest.read(1001, 1536)).isEqualTo(new byte[1536]);
                assertThat(guest.read(1004, 21 * 512)).isEqualTo(filled(21 * 512, 7));
                assertThat(guest.read(1025, 1536)).isEqualTo(new byte[1536]);
                assertThat(guest.read(1028, 512)).isEqualTo(filled(512, 7));
            }
        }
        long allocated = Long.parseLong(HostPart.runHere("stat", "--format=%b", file.toString()));
        assertThat(allocated).as("sectors of the file that are there").isLessThanOrEqualTo(SIZE / 512 - 512);
    }
}
