// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.driver.FuzzedDataProviderImpl;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.balloon.BalloonConfig;
import io.microlith.virtio.balloon.BalloonControl;
import io.microlith.virtio.balloon.BalloonFactory;
import io.microlith.virtio.balloon.BalloonFeature;
import io.microlith.virtio.blk.BlkConfig;
import io.microlith.virtio.blk.BlkFactory;
import io.microlith.virtio.blk.MemoryBackend;
import io.microlith.virtio.console.ConsoleConfig;
import io.microlith.virtio.console.ConsoleFactory;
import io.microlith.virtio.console.ConsolePort;
import io.microlith.virtio.console.PortBackend;
import io.microlith.virtio.console.PortBuffer;
import io.microlith.virtio.console.PortLink;
import io.microlith.virtio.mmio.MmioTransport;
import io.microlith.virtio.net.MacAddress;
import io.microlith.virtio.net.NetConfig;
import io.microlith.virtio.net.NetFactory;
import io.microlith.virtio.net.NetSwitch;
import io.microlith.virtio.pci.PciTransport;
import io.microlith.virtio.rng.RngConfig;
import io.microlith.virtio.rng.RngEvents;
import io.microlith.virtio.rng.RngFactory;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.vsock.VsockConfig;
import io.microlith.virtio.vsock.VsockFactory;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.state.DeviceState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** What was written down is what is played. */
class GuestSeedFuzzTest {
    private static final List<VirtioTransport> TRANSPORTS = List.of(new MmioTransport(), new PciTransport());

    @FuzzTest
    void script_anyRequests_areMadeAgain(FuzzedDataProvider any) {
        List<Integer> lengths = List.of(any.consumeInt(1, 1000), any.consumeInt(1, 1000), any.consumeInt(1, 1000));
        for (VirtioTransport transport : TRANSPORTS) {
            AtomicLong filled = new AtomicLong();
            RngConfig config = RngConfig.fromHost()
                    .setup(VirtioSetup.DEFAULT.over(transport))
                    .events(new RngEvents() {
                        @Override
                        public void onFilled(long bytes) {
                            filled.addAndGet(bytes);
                        }
                    });
            byte[] script = record(config, lengths);
            long recorded = filled.getAndSet(0);
            assertThat(recorded)
                    .isEqualTo(lengths.stream().mapToInt(length -> length).sum());
            assertThat(play(config, script)).isTrue();
            assertThat(filled).as(transport.name()).hasValue(recorded + 1);
        }
    }

    private static byte[] record(RngConfig config, List<Integer> lengths) {
        try (FakeDeviceContext machine = new FakeDeviceContext("rng");
                Device _ = new RngFactory().create(config, machine)) {
            GuestSeed seed = new GuestSeed(machine);
            machine.watch(seed);
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.VERSION_1);
            SplitDriverQueue queue = driver.setUpQueue(0, 8);
            driver.ready();
            for (int length : lengths) {
                queue.add(GuestBuffer.writable(0x2000, length));
                driver.kick(0);
            }
            return seed.script().bytes();
        }
    }

    /** Plays a script, after which a request of one byte is made. */
    private static boolean play(RngConfig config, byte[] bytes) {
        try (FuzzedDataProviderImpl script = FuzzedDataProviderImpl.withJavaData(bytes)) {
            return HostileGuest.play(new RngFactory(), config, script, _ -> List.of(GuestBuffer.writable(0x2000, 1)));
        }
    }

    /** The device's part too: after the script, used rings and what was written into buffers are as they were. */
    @FuzzTest
    void script_anyDevice_leavesTheSameMemory(FuzzedDataProvider any) {
        byte[] content = Arrays.copyOf(any.consumeBytes(64), 64);
        for (VirtioTransport transport : TRANSPORTS) {
            VirtioSetup setup = VirtioSetup.DEFAULT.over(transport);
            assertSame(
                    new BlkFactory(),
                    BlkConfig.of(() -> new MemoryBackend(1 << 16)).setup(setup),
                    content);
            assertSame(
                    new NetFactory(),
                    NetConfig.of(new NetSwitch()::plug)
                            .mac(MacAddress.of("02:00:00:00:00:01"))
                            .setup(setup),
                    content);
            assertSame(new VsockFactory(), VsockConfig.of().setup(setup), content);
            assertSame(
                    new ConsoleFactory(),
                    ConsoleConfig.of(Silent::new)
                            .port(new ConsolePort("one", Silent::new))
                            .setup(setup),
                    content);
            assertSame(
                    new BalloonFactory(),
                    BalloonConfig.of(new BalloonControl())
                            .features(BalloonFeature.values())
                            .setup(setup),
                    content);
        }
    }

    private static <C, S extends DeviceState> void assertSame(DeviceFactory<C, S> factory, C config, byte... content) {
        byte[] recorded = new byte[GuestStep.HEAP_SIZE];
        byte[] script;
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type());
                Device device = factory.create(config, machine)) {
            GuestSeed seed = new GuestSeed(machine);
            machine.watch(seed);
            useAllQueues(machine, ((VirtioDevice) device).queueSizes().size(), content);
            script = seed.script().bytes();
            machine.memory().read(GuestStep.HEAP, recorded, 0, recorded.length);
        }
        byte[] played = new byte[GuestStep.HEAP_SIZE];
        AtomicReference<FakeDeviceContext> first = new AtomicReference<>();
        try (FuzzedDataProviderImpl provider = FuzzedDataProviderImpl.withJavaData(script)) {
            HostileGuest.play(
                    factory,
                    config,
                    provider,
                    heap -> List.of(GuestBuffer.writable(heap.take(64, 16), 64)),
                    machine -> {
                        first.compareAndSet(null, machine);
                        // The second machine is the restored device's, which has no part in the script.
                        if (machine.equals(first.get())) {
                            machine.memory().read(GuestStep.HEAP, played, 0, played.length);
                        }
                    });
        }
        assertThat(played).as(factory.type()).isEqualTo(recorded);
    }

    private static void useAllQueues(FakeDeviceContext machine, int count, byte... content) {
        GuestDriver driver = new GuestDriver(machine);
        driver.begin(GuestDriver.VERSION_1);
        List<SplitDriverQueue> queues = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            queues.add(driver.setUpQueue(i, 8));
        }
        driver.ready();
        for (int i = 0; i < count; i++) {
            queues.get(i).add(GuestBuffer.readable(driver.heap().put(content), content.length));
            queues.get(i).add(GuestBuffer.writable(driver.heap().take(64, 16), 64));
            driver.kick(i);
        }
        // What is written after the last step is in no script.
        driver.kick(0);
    }

    /** A host that takes everything and says nothing. */
    private record Silent() implements PortBackend {
        @Override
        public void start(PortLink link, EventLoop loop) {}

        @Override
        public long read(PortBuffer into) {
            return 0;
        }

        @Override
        public long write(PortBuffer from) {
            return from.size();
        }

        @Override
        public void close() {}
    }
}
