// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Errno;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.RecordingVmControl;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.DeviceException;
import io.microlith.vmm.memory.GuestRegion;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class PmemDeviceTest {
    private static final int SIZE = 4 << 20;
    private static final int FLUSH = 0;
    private static final int OK = 0;
    private static final int ERROR = -1;

    @TempDir
    private Path directory;

    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(PmemFuzzTest.class);

    private final List<String> heard = new ArrayList<>();

    /** A machine with persistent memory and its driver. */
    private final class Guest implements AutoCloseable {
        private final FakeDeviceContext machine = seeds.of(new FakeDeviceContext("pmem"));
        private final Device device;
        private final GuestDriver driver;
        private final SplitDriverQueue queue;

        Guest(PmemConfig config) {
            device = new PmemFactory().create(config.events(new Hearer()), machine);
            driver = new GuestDriver(machine);
            driver.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
            queue = driver.setUpQueue(0, 8);
            driver.ready();
        }

        int request(int type) {
            long asked = driver.heap().put((byte) type, (byte) 0, (byte) 0, (byte) 0);
            long result = driver.heap().put((byte) 7, (byte) 7, (byte) 7, (byte) 7);
            int id = queue.add(GuestBuffer.readable(asked, 4), GuestBuffer.writable(result, 4));
            driver.kick(0);
            assertThat(queue.poll()).contains(new UsedBuffer(id, 4));
            return machine.memory().getInt(result);
        }

        @Override
        public void close() {
            device.close();
            machine.close();
        }
    }

    private final class Hearer implements PmemEvents {
        @Override
        public void onFlushed() {
            heard.add("flushed");
        }

        @Override
        public void onRefused() {
            heard.add("refused");
        }

        @Override
        public void onFailed(int errno) {
            heard.add(Errno.describe(errno));
        }
    }

    private Path file() throws IOException {
        Path path = directory.resolve("pmem");
        if (Files.notExists(path)) {
            resize(path, SIZE);
        }
        return path;
    }

    private static void resize(Path path, long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        }
    }

    private static PmemConfig config(Path path, FilePmem.Access access) {
        return PmemConfig.of(() -> FilePmem.open(path, access));
    }

    @Test
    void file_madeShorter_endsTheMachineAndSaysWhy() throws IOException {
        Path file = Files.write(directory.resolve("short"), new byte[SIZE]);
        try (Guest guest = new Guest(PmemConfig.of(() -> FilePmem.open(file, FilePmem.Access.READ_WRITE)))) {
            try (RandomAccessFile shorter = new RandomAccessFile(file.toFile(), "rw")) {
                shorter.setLength(0);
            }
            for (int i = 0; i < 100 && guest.machine.control().requests().isEmpty(); i++) {
                guest.machine.eventLoop().poll(100_000_000);
            }
            assertThat(guest.machine.control().requests())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            RecordingVmControl.Request.Fail.class,
                            end -> assertThat(end.cause())
                                    .isInstanceOf(DeviceException.class)
                                    .hasMessageStartingWith("pmem0: its memory is not all there any more"));
        }
    }

    @Test
    void device_found_saysWhereItsMemoryIs() throws IOException {
        try (Guest guest = new Guest(config(file(), FilePmem.Access.READ_WRITE))) {
            assertThat(guest.driver.read(0x008)).isEqualTo(27);
            assertThat(guest.driver.readRaw(0x100, 8)).isEqualTo(FakeDeviceContext.MEMORY_BASE);
            assertThat(guest.driver.readRaw(0x108, 8)).isEqualTo(SIZE);
            GuestRegion shown = guest.machine.mappedMemory().getFirst();
            assertThat(shown.gpa()).isEqualTo(FakeDeviceContext.MEMORY_BASE);
            assertThat(shown.size()).isEqualTo(SIZE);
            assertThat(guest.machine.mappedReadOnlyMemory()).isEmpty();
        }
    }

    @Test
    void memory_written_isInTheFile() throws IOException {
        try (Guest guest = new Guest(config(file(), FilePmem.Access.READ_WRITE))) {
            guest.machine.mappedMemory().getFirst().segment().set(ValueLayout.JAVA_BYTE, 4097, (byte) 42);
            assertThat(guest.request(FLUSH)).isEqualTo(OK);
            assertThat(heard).containsExactly("flushed");
        }
        assertThat(Files.readAllBytes(file())[4097]).isEqualTo((byte) 42);
    }

    @Test
    void readOnly_file_isShownSoAndFlushIsNothing() throws IOException {
        try (Guest guest = new Guest(config(file(), FilePmem.Access.READ_ONLY))) {
            assertThat(guest.machine.mappedMemory()).isEmpty();
            assertThat(guest.machine.mappedReadOnlyMemory()).hasSize(1);
            assertThat(guest.request(FLUSH)).isEqualTo(OK);
        }
    }

    @Test
    void close_memory_isShownNoMore() throws IOException {
        Guest guest = new Guest(config(file(), FilePmem.Access.READ_WRITE));
        GuestRegion shown = guest.machine.mappedMemory().getFirst();
        guest.device.close();
        assertThat(guest.machine.mappedMemory()).isEmpty();
        assertThat(shown.segment().scope().isAlive()).isFalse();
        guest.machine.close();
    }

    @Test
    void flush_truncatedFile_isAnErrorUntilItIsThereAgain() throws IOException {
        try (Guest guest = new Guest(config(file(), FilePmem.Access.READ_WRITE))) {
            resize(file(), SIZE - 4096);
            assertThat(guest.request(FLUSH)).isEqualTo(ERROR);
            assertThat(heard).containsExactly("EIO (5)");
            resize(file(), SIZE);
            assertThat(guest.request(FLUSH)).isEqualTo(OK);
        }
    }

    @Test
    void flush_unlinkedFile_goesWell() throws IOException {
        try (Guest guest = new Guest(config(file(), FilePmem.Access.READ_WRITE))) {
            Files.delete(file());
            assertThat(guest.request(FLUSH)).isEqualTo(OK);
        }
    }

    @Test
    void flush_mediumFails_isAnErrorEachTime() {
        try (Guest guest = new Guest(MemoryPmem.config(-Errno.ENOSPC))) {
            assertThat(guest.request(FLUSH)).isEqualTo(ERROR);
            assertThat(guest.request(FLUSH)).isEqualTo(ERROR);
            assertThat(heard).containsExactly("ENOSPC (28)", "ENOSPC (28)");
        }
    }

    @Test
    void request_unknownType_isRefused() {
        try (Guest guest = new Guest(MemoryPmem.config())) {
            assertThat(guest.request(1)).isEqualTo(ERROR);
            assertThat(heard).containsExactly("refused");
        }
    }

    @Test
    void request_cutShort_isCompletedWithNothing() {
        try (Guest guest = new Guest(MemoryPmem.config())) {
            long at = guest.driver.heap().take(16, 16);
            for (GuestBuffer[] chain : new GuestBuffer[][] {
                {GuestBuffer.readable(at, 4)},
                {GuestBuffer.writable(at, 4)},
                {GuestBuffer.readable(at, 3), GuestBuffer.writable(at, 4)},
                {GuestBuffer.readable(at, 4), GuestBuffer.writable(at, 3)},
            }) {
                int id = guest.queue.add(chain);
                guest.driver.kick(0);
                assertThat(guest.queue.poll()).contains(new UsedBuffer(id, 0));
            }
            assertThat(heard).containsExactly("refused", "refused", "refused", "refused");
        }
    }

    @Test
    void open_wrongFile_isRefused() throws IOException {
        Path odd = directory.resolve("odd");
        resize(odd, SIZE + 4096);
        Path empty = Files.createFile(directory.resolve("empty"));
        for (Path path : List.of(odd, empty)) {
            assertThatThrownBy(() -> FilePmem.open(path, FilePmem.Access.READ_WRITE))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("truncate --size %2M " + path);
        }
        assertThatThrownBy(() -> FilePmem.open(directory, FilePmem.Access.READ_ONLY))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> FilePmem.open(Path.of("/nowhere/pmem"), FilePmem.Access.READ_WRITE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ENOENT");
    }

    @Test
    void configure_options_areChecked() {
        assertThat(DeviceRequest.parse("pmem,path=pmem.img,readonly=true")
                        .resolve(Map.of())
                        .type())
                .isEqualTo("pmem");
        for (String wrong :
                new String[] {"pmem", "pmem,path=", "pmem,path=a,readonly=maybe", "pmem,path=a,colour=red"}) {
            assertThatThrownBy(() -> DeviceRequest.parse(wrong).resolve(Map.of()))
                    .as(wrong)
                    .isInstanceOf(ConfigException.class);
        }
    }
}
