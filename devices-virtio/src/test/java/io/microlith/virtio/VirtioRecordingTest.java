// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.rng.RngConfig;
import io.microlith.virtio.rng.RngFactory;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VirtioRecordingTest {
    private final DeviceId id = new DeviceId("rng", 7);

    private static void request(GuestDriver driver, SplitDriverQueue queue) {
        queue.add(GuestBuffer.readable(0x2000, 4), GuestBuffer.writable(0x2000, 100));
        driver.kick(0);
        assertThat(driver.drain(queue)).hasSize(1);
    }

    private static SplitDriverQueue live(GuestDriver driver) {
        driver.begin(GuestDriver.VERSION_1);
        SplitDriverQueue queue = driver.setUpQueue(0, 8);
        driver.ready();
        return queue;
    }

    private Stream<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("io.microlith." + name))
                .filter(event -> event.getString("device").equals(id.toString()))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime));
    }

    @Test
    void recording_wholeLife_hasItsStates(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("virtio.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("io.microlith.VirtioState");
            recording.start();
            try (FakeDeviceContext machine = new FakeDeviceContext(id);
                    Device device = new RngFactory().create(RngConfig.fromHost(), machine)) {
                GuestDriver driver = new GuestDriver(machine);
                SplitDriverQueue queue = live(driver);
                queue.rawAvailIdx(1000);
                driver.kick(0);
                driver.reset();
                driver.begin(GuestDriver.VERSION_1);
                driver.enableRaw(0, 8, 1L << 40, 0, 0);
                driver.ready();
                device.reset();
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events =
                of(RecordingFile.readAllEvents(file), "VirtioState").toList();
        assertThat(events)
                .extracting(event -> event.getString("state"))
                .containsExactly("ACTIVE", "NEEDS_RESET", "RESET", "ACTIVE", "NEEDS_RESET", "RESET");
        assertThat(events).allSatisfy(event -> assertThat(event.getString("vm")).isEqualTo("fake"));
        assertThat(events.get(0).getString("details")).isEqualTo("features=0x100000000");
        assertThat(events.get(1).getString("details")).isEqualTo("the driver broke a queue");
        assertThat(events.get(4).getString("details")).contains("where its driver put it");
    }

    /** The device is older than the recording: it notices within some notifications. */
    @Test
    void queues_recordingBeginsLater_areSampled() throws Exception {
        try (FakeDeviceContext machine = new FakeDeviceContext(id);
                Device _ = new RngFactory().create(RngConfig.fromHost(), machine);
                RecordingStream stream = new RecordingStream()) {
            GuestDriver driver = new GuestDriver(machine);
            SplitDriverQueue queue = live(driver);
            int requests = 1;
            request(driver, queue);
            CompletableFuture<RecordedEvent> sample = new CompletableFuture<>();
            stream.setReuse(false);
            stream.enable("io.microlith.VirtioQueue").withPeriod(Duration.ofMillis(20));
            stream.onEvent("io.microlith.VirtioQueue", event -> {
                if (event.getString("device").equals(id.toString())) {
                    sample.complete(event);
                }
            });
            stream.startAsync();
            while (requests <= 600) {
                requests++;
                request(driver, queue);
            }
            RecordedEvent event = sample.get();
            assertThat(event.getInt("queue")).isZero();
            assertThat(event.getLong("chains")).isBetween(1L, (long) requests);
            assertThat(event.getLong("read")).isCloseTo(4 * event.getLong("chains"), within(4L));
            assertThat(event.getLong("written")).isCloseTo(100 * event.getLong("chains"), within(100L));
            assertThat(event.getLong("notifications")).isGreaterThanOrEqualTo(event.getLong("chains"));
            assertThat(event.getLong("interrupts")).isLessThanOrEqualTo(requests);
        }
    }
}
