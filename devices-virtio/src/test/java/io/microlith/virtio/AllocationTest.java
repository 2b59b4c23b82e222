// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.MemFd;
import io.microlith.linux.PosixIo;
import io.microlith.linux.UnixSocket;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.RecordingMsiRoute;
import io.microlith.virtio.balloon.BalloonConfig;
import io.microlith.virtio.balloon.BalloonControl;
import io.microlith.virtio.balloon.BalloonFactory;
import io.microlith.virtio.balloon.BalloonFeature;
import io.microlith.virtio.blk.BlkConfig;
import io.microlith.virtio.blk.BlkFactory;
import io.microlith.virtio.blk.FileBackend;
import io.microlith.virtio.blk.OverlayBackend;
import io.microlith.virtio.console.ConsoleConfig;
import io.microlith.virtio.console.ConsoleFactory;
import io.microlith.virtio.console.PortBackend;
import io.microlith.virtio.console.PortBuffer;
import io.microlith.virtio.console.PortLink;
import io.microlith.virtio.net.NetConfig;
import io.microlith.virtio.net.NetFactory;
import io.microlith.virtio.net.NetSwitch;
import io.microlith.virtio.net.NetTraffic;
import io.microlith.virtio.net.PasstBackend;
import io.microlith.virtio.pci.PciTransport;
import io.microlith.virtio.pmem.FilePmem;
import io.microlith.virtio.pmem.PmemConfig;
import io.microlith.virtio.pmem.PmemDevice;
import io.microlith.virtio.pmem.PmemFactory;
import io.microlith.virtio.rng.RngConfig;
import io.microlith.virtio.rng.RngFactory;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.DriverQueue;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.event.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A gate: a device in steady state allocates nothing for a request. The JVM has {@code -XX:MaxInlineLevel=30}, since
 * what is not inlined of a call into C allocates 40 bytes.
 */
class AllocationTest {
    private static final int QUEUE_SIZE = 64;
    private static final int ROUNDS = 100;

    /** How many are sent and received at a time. */
    private static final int FRAMES = QUEUE_SIZE / 2;

    /** How a device and its driver meet. */
    enum Form {
        MMIO_SPLIT,
        MMIO_PACKED,
        PCI_SPLIT,
        PCI_PACKED;

        private VirtioSetup setup() {
            return switch (this) {
                case MMIO_SPLIT -> VirtioSetup.DEFAULT;
                case MMIO_PACKED -> VirtioSetup.DEFAULT.packed();
                case PCI_SPLIT -> VirtioSetup.DEFAULT.over(new PciTransport());
                case PCI_PACKED -> VirtioSetup.DEFAULT.over(new PciTransport()).packed();
            };
        }
    }

    @Test
    void rng_steadyState_allocatesNothing() {
        try (FakeDeviceContext machine = new FakeDeviceContext("rng");
                Device device = new RngFactory().create(RngConfig.fromHost(), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            GuestBuffer buffer = GuestBuffer.writable(driver.heap().take(64, 16), 64);
            assertThat(allocated(machine, driver, 0, buffer))
                    .as("bytes of %s", device)
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void blk_readsAndWritesInSteadyState_allocatesNothing(Form form, @TempDir Path directory) throws IOException {
        Path disk = Files.write(directory.resolve("disk"), new byte[1 << 16]);
        assertAllocatesNothing(BlkConfig.of(() -> FileBackend.open(disk)).setup(form.setup()));
    }

    @Test
    void blk_overAnotherDisk_allocatesNothing(@TempDir Path directory) throws IOException {
        Path base = Files.write(directory.resolve("base"), new byte[1 << 16]);
        Path overlay = directory.resolve("overlay");
        BlkConfig config = BlkConfig.of(() -> OverlayBackend.open(base, overlay));
        // What is read is in the base at first, and then in the overlay.
        assertAllocatesNothing(config);
        assertAllocatesNothing(config);
    }

    private static void assertAllocatesNothing(BlkConfig config) {
        try (FakeDeviceContext machine = new FakeDeviceContext("blk");
                Device device = new BlkFactory().create(config, machine)) {
            GuestDriver driver = new GuestDriver(machine);
            long read = allocated(
                    machine,
                    driver,
                    0,
                    GuestBuffer.readable(driver.heap().take(16, 16), 16),
                    GuestBuffer.writable(driver.heap().take(4096, 4096), 4096),
                    GuestBuffer.writable(driver.heap().take(1, 1), 1));
            assertThat(read).as("bytes of reads of %s", device).isZero();
            byte[] write = new byte[16];
            write[0] = 1;
            long status = driver.heap().put((byte) 0x55);
            long written = allocated(
                    machine,
                    driver,
                    0,
                    GuestBuffer.readable(driver.heap().put(write), 16),
                    GuestBuffer.readable(driver.heap().take(4096, 4096), 4096),
                    GuestBuffer.writable(status, 1));
            assertThat(written).as("bytes of writes of %s", device).isZero();
            assertThat(machine.memory().getByte(status)).isZero();
        }
    }

    /** A file in memory: where a flush takes long, a turn ends now and then, too rarely for that to be compiled. */
    @Test
    void pmem_steadyState_allocatesNothing() {
        try (MemFd memory = MemFd.create("pmem", PmemDevice.ALIGNMENT);
                FakeDeviceContext machine = new FakeDeviceContext("pmem");
                Device device = new PmemFactory()
                        .create(
                                PmemConfig.of(() -> FilePmem.open(pathOf(memory), FilePmem.Access.READ_WRITE)),
                                machine)) {
            GuestDriver driver = new GuestDriver(machine);
            long bytes = allocated(
                    machine,
                    driver,
                    0,
                    GuestBuffer.readable(driver.heap().take(4, 16), 4),
                    GuestBuffer.writable(driver.heap().take(4, 16), 4));
            assertThat(bytes).as("bytes of %s", device).isZero();
        }
    }

    private static Path pathOf(MemFd file) {
        return Path.of("/proc/self/fd/" + file.fd());
    }

    @ParameterizedTest
    @EnumSource
    void net_receivesInSteadyState_allocatesNothing(Form form) {
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device = new NetFactory().create(NetTraffic.endless(5000).setup(form.setup()), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            GuestBuffer buffer = GuestBuffer.writable(driver.heap().take(6000, 16), 6000);
            assertThat(allocated(machine, driver, 0, buffer))
                    .as("bytes of %s", device)
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void net_sendsInSteadyState_allocatesNothing(Form form) {
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device = new NetFactory().create(NetTraffic.endless(100).setup(form.setup()), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            long bytes = allocated(
                    machine,
                    driver,
                    1,
                    GuestBuffer.readable(driver.heap().take(12, 16), 12),
                    GuestBuffer.readable(driver.heap().take(1500, 16), 1500));
            assertThat(bytes).as("bytes of %s", device).isZero();
        }
    }

    @Test
    void net_onASwitch_allocatesNothing() {
        NetSwitch between = new NetSwitch();
        try (FakeDeviceContext here = new FakeDeviceContext("net");
                Device sender = new NetFactory().create(NetConfig.of(between::plug), here);
                FakeDeviceContext there = new FakeDeviceContext("net");
                Device receiver = new NetFactory().create(NetConfig.of(between::plug), there)) {
            GuestDriver from = new GuestDriver(here);
            GuestDriver to = new GuestDriver(there);
            DriverQueue sending = live(from, 1);
            DriverQueue receiving = live(to, 0);
            Frames frames = Frames.between(from, to);
            long bytes = AllocationGauge.inSteadyState(ROUNDS, gauge -> {
                frames.add(sending, receiving);
                from.ring(1);
                gauge.settle(from);
                to.ring(0);
                gauge.settle(to);
                assertThat(from.drain(sending)).hasSize(FRAMES);
                assertThat(to.drain(receiving)).hasSize(FRAMES);
            });
            assertThat(bytes).as("bytes of %s and %s", sender, receiver).isZero();
        }
    }

    /** The other end says what it heard. */
    @Test
    void net_byPasst_allocatesNothing() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket passt = pair.getLast();
                FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device =
                        new NetFactory().create(NetConfig.of(() -> PasstBackend.on(pair.getFirst())), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(-1L);
            DriverQueue receiving = driver.setUpQueue(0, QUEUE_SIZE);
            DriverQueue sending = driver.setUpQueue(1, QUEUE_SIZE);
            driver.ready();
            Frames frames = Frames.between(driver, driver);
            byte[] heard = new byte[FRAMES * (4 + 1500)];
            long bytes = AllocationGauge.inSteadyState(ROUNDS, gauge -> {
                frames.add(sending, receiving);
                driver.ring(1);
                gauge.settle(driver);
                assertThat(PosixIo.read(passt, heard, 0, heard.length)).isEqualTo(heard.length);
                assertThat(PosixIo.write(passt, heard, 0, heard.length)).isEqualTo(heard.length);
                driver.ring(0);
                gauge.settle(driver);
                assertThat(driver.drain(sending)).hasSize(FRAMES);
                assertThat(driver.drain(receiving)).hasSize(FRAMES);
            });
            assertThat(bytes).as("bytes of %s", device).isZero();
        }
    }

    private static DriverQueue live(GuestDriver driver, int index) {
        driver.begin(-1L);
        DriverQueue queue = driver.setUpQueue(index, QUEUE_SIZE);
        driver.ready();
        return queue;
    }

    /** What is sent, and where it goes. */
    private record Frames(GuestBuffer header, GuestBuffer frame, GuestBuffer buffer) {
        static Frames between(GuestDriver from, GuestDriver to) {
            return new Frames(
                    GuestBuffer.readable(from.heap().take(12, 16), 12),
                    GuestBuffer.readable(from.heap().put(AllocationTest.frame()), 1500),
                    GuestBuffer.writable(to.heap().take(2048, 16), 2048));
        }

        void add(DriverQueue sending, DriverQueue receiving) {
            for (int i = 0; i < FRAMES; i++) {
                sending.add(header, frame);
                receiving.add(buffer);
            }
        }
    }

    /** A frame to everybody, whose sender a switch learns. */
    private static byte[] frame() {
        byte[] frame = new byte[1500];
        Arrays.fill(frame, 0, 6, (byte) 0xff);
        frame[6] = 2;
        return frame;
    }

    @Test
    void balloon_steadyState_allocatesNothing() {
        try (FakeDeviceContext machine = new FakeDeviceContext("balloon");
                Device device = new BalloonFactory()
                        .create(BalloonConfig.of(new BalloonControl()).features(BalloonFeature.REPORTING), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            long page = driver.heap().take(8192, 4096);
            int number = (int) (page >> 12);
            GuestBuffer numbers = GuestBuffer.readable(
                    driver.heap()
                            .put((byte) number, (byte) 0, (byte) 0, (byte) 0, (byte) number, (byte) 0, (byte) 0, (byte)
                                    0),
                    8);
            assertThat(allocated(machine, driver, 0, numbers))
                    .as("bytes of pages of %s", device)
                    .isZero();
            GuestBuffer free = GuestBuffer.writable(page, 8192);
            assertThat(allocated(machine, driver, 2, free))
                    .as("bytes of reports of %s", device)
                    .isZero();
        }
    }

    @Test
    void console_steadyState_allocatesNothing() {
        try (FakeDeviceContext machine = new FakeDeviceContext("console");
                Device device = new ConsoleFactory().create(ConsoleConfig.of(EndlessPort::new), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            GuestBuffer input = GuestBuffer.writable(driver.heap().take(64, 16), 64);
            assertThat(allocated(machine, driver, 0, input))
                    .as("bytes of input of %s", device)
                    .isZero();
            GuestBuffer output = GuestBuffer.readable(driver.heap().take(64, 16), 64);
            assertThat(allocated(machine, driver, 1, output))
                    .as("bytes of output of %s", device)
                    .isZero();
        }
    }

    /** A host that always sends zeros and takes everything. */
    private static final class EndlessPort implements PortBackend {
        private final byte[] zeros = new byte[64];

        @Override
        public void start(PortLink link, EventLoop loop) {
            link.hostOpened();
        }

        @Override
        public long read(PortBuffer into) {
            into.put(0, zeros, 0, zeros.length);
            return zeros.length;
        }

        @Override
        public long write(PortBuffer from) {
            return from.size();
        }

        @Override
        public void close() {}
    }

    /** The bytes that the device's thread allocates for thousands of requests, in the form that the device offers. */
    private static long allocated(FakeDeviceContext machine, GuestDriver driver, int index, GuestBuffer... buffers) {
        driver.begin(-1L);
        DriverQueue queue = (driver.offered() & GuestDriver.RING_PACKED) != 0
                ? driver.setUpPackedQueue(index, QUEUE_SIZE)
                : driver.setUpQueue(index, QUEUE_SIZE);
        driver.ready();
        // Messages that reach the guest are remembered by the double, which is not the device's memory: they are rung
        // for
        // and kept back.
        machine.msiRoutes().forEach(RecordingMsiRoute::mask);
        int batch = QUEUE_SIZE / buffers.length;
        return AllocationGauge.inSteadyState(ROUNDS, gauge -> {
            for (int i = 0; i < batch; i++) {
                queue.add(buffers);
            }
            driver.ring(index);
            gauge.settle(driver);
            assertThat(driver.drain(queue)).hasSize(batch);
        });
    }
}
