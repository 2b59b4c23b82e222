// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static io.microlith.virtio.blk.BlkGuest.IO_ERROR;
import static io.microlith.virtio.blk.BlkGuest.OK;
import static io.microlith.virtio.blk.BlkGuest.UNSUPPORTED;
import static io.microlith.virtio.blk.BlkGuest.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Errno;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.mmio.MmioRegistersFuzzTest;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class BlkDeviceTest {
    private static final int SIZE = 1 << 20;

    @TempDir
    private Path directory;

    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(BlkFuzzTest.class, MmioRegistersFuzzTest.class);

    private BlkGuest guest(BlkConfig config) {
        return new BlkGuest(config, seeds.of(new FakeDeviceContext("blk")));
    }

    private Path disk() throws IOException {
        Path path = directory.resolve("disk");
        if (Files.notExists(path)) {
            Files.write(path, filled(SIZE, 7));
        }
        return path;
    }

    private static BlkConfig file(Path path) {
        return BlkConfig.of(() -> FileBackend.open(path));
    }

    @Test
    void write_file_isReadBackAndInTheFile() throws IOException {
        try (BlkGuest guest = guest(file(disk()))) {
            assertThat(guest.driver.readRaw(0x100, 8)).isEqualTo(SIZE / 512);
            assertThat(guest.write(3, filled(1024, 9))).isEqualTo(OK);
            assertThat(guest.read(3, 1024)).isEqualTo(filled(1024, 9));
            assertThat(guest.read(0, 1536)).isEqualTo(filled(1536, 7));
            assertThat(guest.request(4, 0)).isEqualTo(OK);
        }
        assertThat(Files.readAllBytes(disk())[1536]).isEqualTo((byte) 9);
    }

    @Test
    void request_outsideTheDisk_isAnErrorAndMovesNothing() throws IOException {
        try (BlkGuest guest = guest(file(disk()))) {
            long last = SIZE / 512;
            for (long sector : new long[] {last, last - 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 55}) {
                assertThat(guest.write(sector, filled(1024, 1))).isEqualTo(IO_ERROR);
            }
            assertThat(guest.write(0, filled(100, 1))).as("no whole sector").isEqualTo(IO_ERROR);
            assertThat(guest.read(last - 1, 512)).isEqualTo(filled(512, 7));
        }
        assertThat(Files.size(disk())).isEqualTo(SIZE);
    }

    @Test
    void request_unknownType_isUnsupported() throws IOException {
        try (BlkGuest guest = guest(file(disk()))) {
            assertThat(guest.request(77, 0)).isEqualTo(UNSUPPORTED);
        }
    }

    @Test
    void write_readOnly_isAnError() throws IOException {
        Path path = disk();
        try (BlkGuest guest = guest(BlkConfig.of(() -> FileBackend.open(path, FileBackend.Access.READ_ONLY)))) {
            assertThat(guest.driver.offered() & 1 << 5).isNotZero();
            assertThat(guest.write(0, filled(512, 1))).isEqualTo(IO_ERROR);
            assertThat(guest.trim(11, 0, 8, 0)).isEqualTo(IO_ERROR);
            assertThat(guest.read(0, 512)).isEqualTo(filled(512, 7));
        }
    }

    @Test
    void identify_serial_isGiven() throws IOException {
        try (BlkGuest guest = guest(file(disk()).serial("disk-1"))) {
            long buffer = guest.driver.heap().take(20, 16);
            assertThat(guest.request(8, 0, GuestBuffer.writable(buffer, 20))).isEqualTo(OK);
            byte[] serial = new byte[7];
            guest.machine.memory().read(buffer, serial, 0, 7);
            assertThat(serial).isEqualTo("disk-1\0".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void trim_fileMemoryAndOverlay_readAsZero() throws IOException {
        Path path = disk();
        Path overlay = directory.resolve("overlay");
        for (BlkConfig config : List.of(
                BlkConfig.of(() -> MemoryBackend.of(filled(SIZE, 7))),
                BlkConfig.of(() -> OverlayBackend.open(path, overlay)),
                file(path))) {
            try (BlkGuest guest = guest(config)) {
                assertThat(guest.trim(13, 1, 16, 0)).isEqualTo(OK);
                assertThat(guest.trim(13, 32, 8, 1)).isEqualTo(OK);
                assertThat(guest.read(0, 512)).isEqualTo(filled(512, 7));
                assertThat(guest.read(1, 8192)).isEqualTo(new byte[8192]);
                assertThat(guest.read(17, 512)).isEqualTo(filled(512, 7));
                assertThat(guest.read(32, 4096)).isEqualTo(new byte[4096]);
                assertThat(guest.trim(11, 64, 8, 0)).isEqualTo(OK);
                assertThat(guest.trim(11, 64, 8, 1)).isEqualTo(UNSUPPORTED);
                assertThat(guest.trim(13, 64, 8, 2)).isEqualTo(UNSUPPORTED);
                assertThat(guest.trim(13, SIZE / 512 - 4, 8, 0)).isEqualTo(IO_ERROR);
                assertThat(guest.trim(13, -1, 8, 0)).isEqualTo(IO_ERROR);
                assertThat(guest.trim(13, 0, -1, 0)).isEqualTo(IO_ERROR);
            }
        }
    }

    @Test
    void overlay_written_leavesTheBaseAndSurvives() throws IOException {
        Path path = disk();
        Path overlay = directory.resolve("overlay");
        for (int round = 1; round <= 2; round++) {
            try (BlkGuest guest = guest(BlkConfig.of(() -> OverlayBackend.open(path, overlay)))) {
                if (round == 1) {
                    assertThat(guest.write(7, filled(1024, 9))).isEqualTo(OK);
                    assertThat(guest.request(4, 0)).isEqualTo(OK);
                }
                assertThat(guest.read(6, 512)).isEqualTo(filled(512, 7));
                assertThat(guest.read(7, 1024)).isEqualTo(filled(1024, 9));
                assertThat(guest.read(9, 8192)).isEqualTo(filled(8192, 7));
            }
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(filled(SIZE, 7));
        assertThatThrownBy(() -> OverlayBackend.open(overlay, overlay)).isInstanceOf(ConfigException.class);
    }

    @Test
    void read_truncatedFile_isAnErrorOfThatRequestAlone() throws IOException {
        try (BlkGuest guest = guest(file(disk()))) {
            try (FileChannel channel = FileChannel.open(disk(), StandardOpenOption.WRITE)) {
                channel.truncate(4096);
            }
            long buffer = guest.driver.heap().take(8192, 16);
            assertThat(guest.request(0, 0, GuestBuffer.writable(buffer, 8192))).isEqualTo(IO_ERROR);
            assertThat(guest.read(0, 4096)).isEqualTo(filled(4096, 7));
        }
    }

    @Test
    void request_headerTooShort_isAnError() throws IOException {
        try (BlkGuest guest = guest(file(disk()))) {
            long status = guest.driver.heap().put((byte) 0);
            guest.queue.add(
                    GuestBuffer.readable(guest.driver.heap().take(15, 16), 15), GuestBuffer.writable(status, 1));
            guest.driver.kick(0);
            assertThat(guest.queue.poll()).isPresent();
            assertThat(guest.machine.memory().getByte(status)).isEqualTo(IO_ERROR);
        }
    }

    @Test
    void writeZeroes_moreThanIsOffered_isAnError() {
        int sectors = 1 << 17;
        try (BlkGuest guest = guest(BlkConfig.of(() -> new MemoryBackend(sectors << 9)))) {
            int most = guest.driver.read(0x100 + 48);
            assertThat(most).isBetween(1, sectors - 1);
            assertThat(guest.trim(13, 0, most, 0)).isEqualTo(OK);
            assertThat(guest.trim(13, 0, most + 1, 0)).isEqualTo(IO_ERROR);
            assertThat(guest.trim(11, 0, most + 1, 0)).isEqualTo(OK);
        }
    }

    @Test
    void write_mediumIsFull_isAnErrorOfThatRequestAlone() throws IOException {
        // A write to this device fails as one to a full file system does.
        Path full = Path.of("/dev/full");
        List<Integer> failed = new ArrayList<>();
        BlkEvents events = new BlkEvents() {
            @Override
            public void onFailed(int errno) {
                failed.add(errno);
            }
        };
        BlkConfig config = BlkConfig.of(() -> new FullBackend(FileBackend.open(full), SIZE));
        try (BlkGuest guest = guest(config.events(events))) {
            assertThat(guest.write(0, filled(512, 1))).isEqualTo(IO_ERROR);
            assertThat(failed).containsExactly(Errno.ENOSPC);
            assertThat(guest.read(0, 512)).isEqualTo(new byte[512]);
        }
    }

    @Test
    void disk_unlinked_goesOn() throws IOException {
        try (BlkGuest guest = guest(file(disk()))) {
            Files.delete(disk());
            assertThat(guest.write(0, filled(512, 1))).isEqualTo(OK);
            assertThat(guest.read(0, 512)).isEqualTo(filled(512, 1));
            assertThat(guest.request(4, 0)).isEqualTo(OK);
        }
    }

    @Test
    void open_directoryOrWithoutPermission_isRefused() throws IOException {
        assertThatThrownBy(() -> FileBackend.open(directory, FileBackend.Access.READ_ONLY))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("give a file");
        assertThatThrownBy(() -> FileBackend.open(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("EISDIR");
    }

    @Test
    void limiter_tooMuch_waitsAndLosesNothing() {
        RateLimiter limiter = RateLimiter.of(0, 20);
        try (BlkGuest guest = guest(BlkConfig.of(() -> new MemoryBackend(SIZE)).limiter(limiter))) {
            for (int i = 0; i < 8; i++) {
                guest.add(4, 0);
            }
            guest.driver.kick(0);
            int done = guest.driver.drain(guest.queue).size();
            assertThat(done).isBetween(1, 7);
            limiter.limit(0, 0);
            while (done < 8) {
                guest.machine.eventLoop().poll(1_000_000_000L);
                done += guest.driver.drain(guest.queue).size();
            }
            assertThat(done).isEqualTo(8);
        }
    }

    @Test
    void configure_options_areChecked() {
        assertThat(DeviceRequest.parse("blk,path=disk.img,readonly=true")
                        .resolve(Map.of())
                        .type())
                .isEqualTo("blk");
        for (String wrong : new String[] {
            "blk", "blk,path=", "blk,path=a,readonly=maybe", "blk,path=a,readonly=true,overlay=b",
            "blk,path=a,queues=0", "blk,path=a,queues=x", "blk,path=a,bandwidth=-1", "blk,path=a,colour=red",
            "blk,path=a,serial=123456789012345678901", "blk,path=a,loop=mine"
        }) {
            assertThatThrownBy(() -> DeviceRequest.parse(wrong).resolve(Map.of()))
                    .as(wrong)
                    .isInstanceOf(ConfigException.class);
        }
        assertThatThrownBy(() -> guest(file(Path.of("/nowhere/disk"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ENOENT");
    }
}
