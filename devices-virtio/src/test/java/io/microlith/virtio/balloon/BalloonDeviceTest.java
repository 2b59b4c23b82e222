// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.ScriptSeeds;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Growing and shrinking, and reports. */
class BalloonDeviceTest {
    private static final int INFLATE = 0;
    private static final int DEFLATE = 1;
    private static final int REPORT = 2;

    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(BalloonFuzzTest.class);

    @RegisterExtension
    final ScriptSeeds scripts = new ScriptSeeds(BalloonFuzzTest.class, "driver_anyPages_harmNothing");

    private final FakeDeviceContext machine = seeds.of(new FakeDeviceContext("balloon"));
    private final BalloonControl control = new BalloonControl();
    private final Map<String, Long> events = new HashMap<>();
    private final Device device = new BalloonFactory()
            .create(
                    BalloonConfig.of(control)
                            .features(BalloonFeature.REPORTING, BalloonFeature.DEFLATE_ON_OOM)
                            .events(new Counter()),
                    machine);
    private final BalloonGuest guest = new BalloonGuest(machine, scripts.begin());

    private final class Counter implements BalloonEvents {
        @Override
        public void onInflated(long bytes) {
            events.merge("inflated", bytes, Long::sum);
        }

        @Override
        public void onDeflated(long bytes) {
            events.merge("deflated", bytes, Long::sum);
        }

        @Override
        public void onReported(long bytes) {
            events.merge("reported", bytes, Long::sum);
        }

        @Override
        public void onActual(Size size) {
            events.put("actual", size.bytes());
        }

        @Override
        public void onRefused() {
            events.merge("refused", 1L, Long::sum);
        }

        @Override
        public void onDiscardFailed(int errno) {
            events.merge("failed", 1L, Long::sum);
        }
    }

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private void live() {
        guest.begin(BalloonLayout.F_REPORTING, INFLATE, DEFLATE, REPORT);
    }

    @Test
    void device_found_saysWhatItIs() {
        assertThat(guest.driver().read(0x008)).isEqualTo(5);
        assertThat(guest.driver().offered() & 0xff_ffff)
                .isEqualTo(BalloonLayout.F_DEFLATE_ON_OOM | BalloonLayout.F_REPORTING | BalloonLayout.F_PAGE_POISON);
        assertThat(device).hasToString("balloon0");
    }

    @Test
    void target_changes_isInTheConfigurationAndInterrupts() {
        control.setTarget(Size.bytes(4096 * 3 + 1));
        live();
        assertThat(guest.target()).isEqualTo(3);
        guest.driver().takeInterruptStatus();
        control.setTarget(Size.mebibytes(1));
        guest.driver().settle();
        assertThat(guest.driver().takeInterruptStatus()).isEqualTo(GuestDriver.CONFIG_CHANGE);
        assertThat(guest.target()).isEqualTo(256);
        assertThat(control.target()).isEqualTo(Size.mebibytes(1));
        control.setTarget(Size.mebibytes(1));
        guest.driver().settle();
        assertThat(guest.driver().takeInterruptStatus()).isZero();
    }

    @Test
    void target_enormous_isTheMostThereCanBe() {
        control.setTarget(Size.bytes(Long.MAX_VALUE));
        assertThat(guest.target()).isEqualTo(0xffff_ffffL);
    }

    @Test
    void actual_driverSays_isKnownUntilItIsGone() {
        live();
        guest.actual(17);
        assertThat(control.actual()).isEqualTo(Size.bytes(17 * 4096));
        assertThat(events).containsEntry("actual", 17L * 4096);
        guest.driver().reset();
        assertThat(control.actual()).isEqualTo(Size.bytes(0));
    }

    @Test
    void config_writtenElsewhere_staysAsItIs() {
        live();
        guest.driver().write(0x100, 5);
        guest.driver().write(0x108, 5);
        guest.driver().writeRaw(0x104, 2, 5);
        assertThat(guest.target()).isZero();
        assertThat(guest.command()).isZero();
        assertThat(control.actual()).isEqualTo(Size.bytes(0));
    }

    @Test
    void inflate_pages_areTheHosts() {
        live();
        long first = guest.page();
        long kept = guest.page();
        long second = guest.pages(3);
        long page = second >> 12;
        guest.send(INFLATE, first >> 12, page + 2, page + 1, page);
        assertThat(guest.isAnswered(INFLATE)).isTrue();
        assertThat(guest.isZero(first)).isTrue();
        assertThat(guest.isZero(kept)).isFalse();
        assertThat(guest.isZero(second)).isTrue();
        assertThat(guest.isZero(second + 8192)).isTrue();
        assertThat(events).containsExactlyEntriesOf(Map.of("inflated", 4L * 4096));
        guest.send(DEFLATE, first >> 12);
        assertThat(guest.isAnswered(DEFLATE)).isTrue();
        assertThat(events).containsEntry("deflated", 4096L);
    }

    @Test
    void inflate_pagesThatAreNone_areRefusedAndTheOthersTaken() {
        live();
        long page = guest.page();
        long last = FakeDeviceContext.MEMORY_SIZE >> 12;
        guest.send(INFLATE, -1, last, page >> 12, page >> 12, 0x7fff_ffff, page >> 12);
        assertThat(guest.isAnswered(INFLATE)).isTrue();
        assertThat(guest.isZero(page)).isTrue();
        assertThat(events).containsEntry("refused", 3L);
    }

    @Test
    void inflate_lastPageAndBeyond_staysInMemory() {
        live();
        long last = (FakeDeviceContext.MEMORY_SIZE >> 12) - 1;
        guest.send(INFLATE, last - 1, last, last + 1, last + 2);
        assertThat(events).containsEntry("inflated", 8192L).containsEntry("refused", 2L);
    }

    @Test
    void inflate_oddLengths_areCutToWholeNumbers() {
        live();
        long page = guest.page();
        for (int length : new int[] {1, 3, 5, 7}) {
            byte[] bytes = new byte[length];
            bytes[0] = (byte) (page >> 12);
            guest.offer(INFLATE, GuestBuffer.readable(guest.driver().heap().put(bytes), length));
            assertThat(guest.isAnswered(INFLATE)).as("%s bytes", length).isTrue();
        }
        assertThat(events).containsEntry("refused", 2L).containsEntry("inflated", 8192L);
        guest.offer(INFLATE, GuestBuffer.writable(page, 4096));
        assertThat(guest.isAnswered(INFLATE)).isTrue();
        assertThat(events).containsEntry("refused", 3L);
    }

    @Test
    void inflate_longChain_isSeenToInPieces() {
        live();
        long[] numbers = new long[1300];
        long page = guest.pages(2);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (page >> 12) + i % 2;
        }
        guest.send(INFLATE, numbers);
        assertThat(guest.isAnswered(INFLATE)).isTrue();
        assertThat(guest.isAnswered(INFLATE)).isFalse();
        assertThat(events.get("inflated")).isPositive();
        assertThat(events).doesNotContainKey("refused");
    }

    @Test
    void report_freePages_areTheHosts() {
        live();
        long pages = guest.pages(4);
        guest.offer(REPORT, GuestBuffer.writable(pages, 4096), GuestBuffer.writable(pages + 4096 + 100, 8192));
        assertThat(guest.isAnswered(REPORT)).isTrue();
        assertThat(guest.isZero(pages)).isTrue();
        assertThat(guest.isZero(pages + 4096)).isFalse();
        assertThat(guest.isZero(pages + 8192)).isTrue();
        assertThat(guest.isZero(pages + 12288)).isFalse();
        assertThat(events).containsExactlyEntriesOf(Map.of("reported", 8192L));
        guest.offer(REPORT, GuestBuffer.readable(pages, 4096));
        assertThat(guest.isAnswered(REPORT)).isTrue();
        assertThat(events).containsEntry("refused", 1L);
    }

    @Test
    void report_pagesWithAPattern_areLeftAlone() {
        guest.begin(BalloonLayout.F_REPORTING | BalloonLayout.F_PAGE_POISON, INFLATE, DEFLATE, REPORT);
        guest.poison(0xaaaa_aaaa);
        long page = guest.page();
        guest.offer(REPORT, GuestBuffer.writable(page, 4096));
        assertThat(guest.isAnswered(REPORT)).isTrue();
        assertThat(guest.isZero(page)).isFalse();
        guest.poison(0);
        guest.offer(REPORT, GuestBuffer.writable(page, 4096));
        assertThat(guest.isZero(page)).isTrue();
    }

    /** Where the specification has the queue. */
    @Test
    void report_onTheLastQueue_isOne() {
        guest.begin(BalloonLayout.F_REPORTING, INFLATE, DEFLATE, 4);
        long page = guest.page();
        guest.offer(4, GuestBuffer.writable(page, 4096));
        assertThat(guest.isAnswered(4)).isTrue();
        assertThat(guest.isZero(page)).isTrue();
    }

    @Test
    void queue_ofNoUse_isLeftAlone() {
        guest.begin(0, INFLATE, DEFLATE, 2, 3, 4);
        long page = guest.page();
        for (int queue = 2; queue < 5; queue++) {
            guest.offer(queue, GuestBuffer.writable(page, 4096));
        }
        assertThat(guest.isZero(page)).isFalse();
        assertThat(guest.driver().status() & GuestDriver.NEEDS_RESET).isZero();
    }

    @Test
    void control_ofAnotherBalloon_isRefusedAndNothingIsLeft() {
        try (FakeDeviceContext second = new FakeDeviceContext("balloon")) {
            assertThatThrownBy(() -> new BalloonFactory().create(BalloonConfig.of(control), second))
                    .isInstanceOf(ConfigException.class);
            assertThat(second.windows()).isEmpty();
        }
        device.close();
        try (FakeDeviceContext second = new FakeDeviceContext("balloon");
                Device again = new BalloonFactory().create(BalloonConfig.of(control), second)) {
            assertThat(again).hasToString("balloon0");
        }
    }

    @Test
    void configure_options_areChecked() {
        String all = "balloon,target=1048576,stats=2,reporting=true,hinting=true,deflate-on-oom=true,transport=pci";
        assertThat(DeviceRequest.parse(all).resolve(Map.of()).type()).isEqualTo("balloon");
        for (String wrong : new String[] {"target=-1", "target=much", "stats=-1", "hinting=yes", "colour=red"}) {
            assertThatThrownBy(() -> DeviceRequest.parse("balloon," + wrong).resolve(Map.of()))
                    .as(wrong)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("balloon." + wrong.split("=", 2)[0]);
        }
        BalloonConfig config = BalloonConfig.of(control);
        assertThatThrownBy(() -> config.statistics(Duration.ofNanos(1))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> config.statistics(Duration.ofSeconds(-1))).isInstanceOf(ConfigException.class);
    }
}
