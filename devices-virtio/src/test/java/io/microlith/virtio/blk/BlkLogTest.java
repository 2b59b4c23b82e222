// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static io.microlith.virtio.blk.BlkGuest.IO_ERROR;
import static io.microlith.virtio.blk.BlkGuest.OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.LogCapture;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.vmm.device.DeviceId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A medium that fails is an I/O error of each request, and not a line in the log for each. */
class BlkLogTest {
    private static final int SIZE = 1 << 20;

    @TempDir
    private Path directory;

    private static BlkGuest guest(int number, BlkConfig config) {
        return new BlkGuest(config, new FakeDeviceContext(new DeviceId("blk", number)));
    }

    @Test
    void write_fullDisk_isAnErrorOfEachRequestAndOneLine() {
        // A write to this device fails as one to a full file system does.
        BlkConfig full = BlkConfig.of(() -> new FullBackend(FileBackend.open(Path.of("/dev/full")), SIZE));
        try (BlkGuest guest = guest(101, full)) {
            for (int i = 0; i < 9; i++) {
                assertThat(guest.write(i, new byte[512])).isEqualTo(IO_ERROR);
            }
            assertThat(LogCapture.get().with("blk101 "))
                    .containsExactly("WARN device=blk101 gave its guest an I/O error [times=1 cause=ENOSPC (28)]");
            for (int i = 9; i < 200; i++) {
                assertThat(guest.write(1, new byte[512])).isEqualTo(IO_ERROR);
            }
            assertThat(LogCapture.get().with("blk101 "))
                    .as("for the first, the tenth and the hundredth time")
                    .hasSize(3);
            assertThat(guest.read(0, 512)).isEqualTo(new byte[512]);
        }
    }

    @Test
    void read_truncatedFile_isAnErrorOfEachRequestAndOneLine() throws IOException {
        Path disk = Files.write(directory.resolve("disk"), new byte[SIZE]);
        try (BlkGuest guest = guest(103, BlkConfig.of(() -> FileBackend.open(disk)))) {
            try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
                channel.truncate(4096);
            }
            long buffer = guest.driver.heap().take(512, 16);
            for (int i = 0; i < 9; i++) {
                assertThat(guest.request(BlkRequest.IN, 8 + i, GuestBuffer.writable(buffer, 512)))
                        .isEqualTo(IO_ERROR);
            }
            assertThat(guest.read(0, 4096)).isEqualTo(new byte[4096]);
            assertThat(LogCapture.get().with("blk103 "))
                    .containsExactly("WARN device=blk103 gave its guest an I/O error [times=1 cause=EIO (5)]");
        }
    }

    @Test
    void disk_unlinked_isWholeAndNoLine() throws IOException {
        Path disk = Files.write(directory.resolve("disk"), new byte[SIZE]);
        try (BlkGuest guest = guest(104, BlkConfig.of(() -> FileBackend.open(disk)))) {
            Files.delete(disk);
            assertThat(guest.write(0, new byte[512])).isEqualTo(OK);
            assertThat(guest.request(BlkRequest.FLUSH, 0)).isEqualTo(OK);
            assertThat(LogCapture.get().with("blk104 ")).isEmpty();
        }
    }
}
