// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.driver.FuzzedDataProviderImpl;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.mmio.MmioTransport;
import io.microlith.virtio.pci.PciTransport;
import io.microlith.virtio.rng.RngConfig;
import io.microlith.virtio.rng.RngEvents;
import io.microlith.virtio.rng.RngFactory;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

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
}
