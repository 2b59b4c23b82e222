// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** A driver that says anything at all in control messages, of any length, while hosts come and go. */
class ConsoleControlPropertyTest {
    private static final int QUEUE_SIZE = 4;

    /** One thing that happens: a control message, a buffer for one, or something on the host's side. */
    record Step(int what, int port, int event, int value, int length) {}

    @Property(tries = 300)
    void messages_any_harmNothingAndAreBounded(@ForAll("steps") List<Step> steps) {
        TestPort port = new TestPort();
        ConsoleConfig config = ConsoleConfig.of(ZeroPort::new).port(new ConsolePort("p", () -> port));
        try (FakeDeviceContext machine = new FakeDeviceContext("console");
                Device device = new ConsoleFactory().create(config, machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.VERSION_1 | ConsoleGuest.MULTIPORT);
            SplitDriverQueue input = driver.setUpQueue(2, QUEUE_SIZE);
            SplitDriverQueue output = driver.setUpQueue(3, QUEUE_SIZE);
            driver.ready();
            for (Step step : steps) {
                play(driver, port, input, output, step);
                assertThat(driver.drain(output)).hasSizeLessThanOrEqualTo(1);
            }
            assertThat(driver.status() & GuestDriver.NEEDS_RESET).isZero();
            assertThat(((ConsoleDevice) device).save().ports()).hasSize(2);
            ConsoleGuest good = new ConsoleGuest(machine);
            good.begin(ConsoleGuest.MULTIPORT, 6);
            assertThat(good.meet(2)).startsWith("0:1:1", "1:1:1", "0:4:1").contains("1:7:1 70");
        }
    }

    private static void play(
            GuestDriver driver, TestPort port, SplitDriverQueue input, SplitDriverQueue output, Step step) {
        switch (step.what()) {
            case 0 -> port.link().hostOpened();
            case 1 -> port.link().hostClosed();
            case 2 -> {
                driver.drain(input);
                try {
                    input.add(GuestBuffer.writable(driver.heap().take(16, 16), step.length()));
                } catch (IllegalStateException e) {
                    // All are with the device, which has nothing to say.
                }
                driver.kick(2);
            }
            default -> {
                long message = driver.heap().take(16, 16);
                driver.heap().memory().putInt(message, step.port());
                driver.heap().memory().putShort(message + 4, (short) step.event());
                driver.heap().memory().putShort(message + 6, (short) step.value());
                output.add(GuestBuffer.readable(message, step.length()));
                driver.kick(3);
            }
        }
        driver.settle();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> ports = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.integers().between(0, 2)), Tuple.of(1, Arbitraries.integers()));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 9),
                        ports,
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(0, 1, 7, 8, 8, 8, 8, 9, 16))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
