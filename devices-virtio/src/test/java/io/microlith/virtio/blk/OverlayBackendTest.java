// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static io.microlith.virtio.blk.BlkGuest.IO_ERROR;
import static io.microlith.virtio.blk.BlkGuest.OK;
import static io.microlith.virtio.blk.BlkGuest.filled;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.HostPart;
import io.microlith.virtio.LogCapture;
import io.microlith.vmm.device.DeviceId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk over another one: what is left of it when its machine is killed, and when the one below goes. */
class OverlayBackendTest {
    private static final int SIZE = 1 << 20;
    private static final int BASE = 7;

    @TempDir
    private Path directory;

    private Path base;
    private Path overlay;

    @BeforeEach
    void makeBase() throws IOException {
        base = Files.write(directory.resolve("base"), filled(SIZE, BASE));
        overlay = directory.resolve("overlay");
    }

    private BlkGuest guest(Path upper) {
        return new BlkGuest(BlkConfig.of(() -> OverlayBackend.open(base, upper)), new FakeDeviceContext("blk"));
    }

    @Test
    void flush_machineIsKilledThen_hasWhatWasWrittenBefore() throws IOException {
        Path killed = directory.resolve("killed");
        try (BlkGuest guest = guest(overlay)) {
            assertThat(guest.write(8, filled(4096, 1))).isEqualTo(OK);
            assertThat(guest.request(BlkRequest.FLUSH, 0)).isEqualTo(OK);
            assertThat(guest.write(80, filled(4096, 2))).isEqualTo(OK);
            // What a file system has of it when the process is gone: nobody closes anything then.
            Files.copy(overlay, killed);
        }
        try (BlkGuest guest = guest(killed)) {
            assertThat(guest.read(8, 4096)).isEqualTo(filled(4096, 1));
            assertThat(guest.read(80, 4096)).as("was not flushed").isEqualTo(filled(4096, BASE));
        }
        try (BlkGuest guest = guest(overlay)) {
            assertThat(guest.read(80, 4096)).as("was closed").isEqualTo(filled(4096, 2));
        }
    }

    /** As who saves a machine copies its disk. */
    @Test
    void pause_notFlushed_copyHasWhatWasWritten() throws IOException {
        Path copy = directory.resolve("copy");
        try (BlkGuest guest = guest(overlay)) {
            assertThat(guest.write(80, filled(4096, 2))).isEqualTo(OK);
            guest.device.pause();
            Files.copy(overlay, copy);
            guest.device.resume();
        }
        try (BlkGuest guest = guest(copy)) {
            assertThat(guest.read(80, 4096)).isEqualTo(filled(4096, 2));
        }
    }

    /** A file system that has room for some clusters, and then has none. */
    @Test
    void write_fileSystemIsFull_isAnErrorOneLineAndTheBaseStays() throws IOException {
        DeviceId id = new DeviceId("blk", 105);
        try (HostPart small = HostPart.fileSystem(64)) {
            Path upper = small.directory().resolve("overlay");
            int written = 0;
            try (BlkGuest guest =
                    new BlkGuest(BlkConfig.of(() -> OverlayBackend.open(base, upper)), new FakeDeviceContext(id))) {
                while (guest.write(8L * written, filled(4096, 1)) == OK) {
                    written++;
                }
                assertThat(written).isBetween(1, 15);
                assertThat(guest.write(8L * written, filled(4096, 1))).isEqualTo(IO_ERROR);
                assertThat(LogCapture.get().with("blk105 "))
                        .containsExactly("WARN device=blk105 gave its guest an I/O error [times=1 cause=ENOSPC (28)]");
                assertThat(guest.read(0, written * 4096)).isEqualTo(filled(written * 4096, 1));
                assertThat(guest.read(8L * written, 4096)).isEqualTo(filled(4096, BASE));
                assertThat(guest.request(BlkRequest.FLUSH, 0)).isEqualTo(OK);
            }
            try (BlkGuest guest = guest(upper)) {
                assertThat(guest.read(0, written * 4096)).isEqualTo(filled(written * 4096, 1));
                assertThat(guest.read(8L * written, 4096)).isEqualTo(filled(4096, BASE));
            }
        }
        assertThat(Files.readAllBytes(base)).isEqualTo(filled(SIZE, BASE));
    }

    @Test
    void base_cutShort_isAnErrorOfWhatWantsIt() throws IOException {
        try (BlkGuest guest = guest(overlay)) {
            assertThat(guest.write(800, filled(4096, 1))).isEqualTo(OK);
            try (FileChannel channel = FileChannel.open(base, StandardOpenOption.WRITE)) {
                channel.truncate(4096);
            }
            assertThat(guest.write(900, filled(512, 1)))
                    .as("a part of a cluster")
                    .isEqualTo(IO_ERROR);
            assertThat(guest.read(0, 4096)).isEqualTo(filled(4096, BASE));
            assertThat(guest.read(800, 4096)).isEqualTo(filled(4096, 1));
        }
    }
}
