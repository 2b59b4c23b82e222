// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuardedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeDeviceContextTest {
    private final FakeDeviceContext context = new FakeDeviceContext("latch");

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void in_nobodyThere_isAllOnes() {
        assertThat(context.in(0x80)).isEqualTo(0xff);
        assertThat(context.in(0x80, 2)).isEqualTo(0xffff);
        assertThat(context.in(0x80, 4)).isEqualTo(-1);
        assertThat(context.load(0x80, 8)).isEqualTo(-1);
    }

    @Test
    void out_deviceThere_reachesIt() {
        new Latch.Factory().create("", context);

        context.out(Latch.PORT, 0x1_42);

        assertThat(context.in(Latch.PORT)).isEqualTo(0x42);
    }

    @Test
    void in_deviceAnswersTooMuch_isCutToSize() {
        context.mapPio(new AddressRange(0x80, 4), new PioDevice() {
            @Override
            public int read(int offset, int size) {
                return -1;
            }

            @Override
            public void write(int offset, int size, int value) {}
        });

        assertThat(context.in(0x81, 1)).isEqualTo(0xff);
    }

    @Test
    void mapMmio_twice_givesAlignedRangesApart() {
        Register first = new Register();
        Register second = new Register();
        AddressRange low = context.mapMmio(0x10, first);
        AddressRange high = context.mapMmio(0x1000, second);

        context.store(high.base() + 8, 8, 7);

        assertThat(high.base() % 0x1000).isZero();
        assertThat(low.overlaps(high)).isFalse();
        assertThat(context.load(high.base(), 8)).isEqualTo(7);
        assertThat(context.load(low.base(), 8)).isZero();
    }

    private static final class Register implements MmioDevice {
        private long value;

        @Override
        public long read(long offset, int size) {
            return value;
        }

        @Override
        public void write(long offset, int size, long written) {
            value = written;
        }
    }

    @Test
    void claim_edgeTwice_isRefused() {
        context.claim(new Interrupt(4, Trigger.EDGE));

        assertThatThrownBy(() -> context.claim(new Interrupt(4, Trigger.EDGE))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> context.claim(new Interrupt(4, Trigger.LEVEL))).isInstanceOf(ConfigException.class);
    }

    @Test
    void claim_levelTwice_isTheSameLine() {
        RecordingInterruptLine line = context.claim(new Interrupt(9, Trigger.LEVEL));

        assertThat(context.claim(new Interrupt(9, Trigger.LEVEL))).isSameAs(line);
        assertThat(context.interrupts()).containsExactly(new Interrupt(9, Trigger.LEVEL));
    }

    @Test
    void claimFree_all_areDifferentUntilNoneIsLeft() {
        for (int i = 0; i < 8; i++) {
            context.claimFree(Trigger.EDGE);
        }

        assertThat(context.interrupts()).doesNotHaveDuplicates().hasSize(8);
        assertThatThrownBy(() -> context.claimFree(Trigger.EDGE)).isInstanceOf(ConfigException.class);
    }

    @Test
    void line_notTaken_failsTheTest() {
        assertThatThrownBy(() -> context.line(5)).isInstanceOf(AssertionError.class);
    }

    @Test
    void bind_closed_isForgotten() {
        try (Notifier notifier = Notifier.create()) {
            Registration registration = context.bind(IoEvent.pio(0x80, 1), notifier);
            assertThat(context.ioEvents()).containsKey(IoEvent.pio(0x80, 1));
            registration.close();
            assertThat(context.ioEvents()).isEmpty();
        }
    }

    @Test
    void post_bound_ringsAndStoresNothing() {
        Register register = new Register();
        AddressRange range = context.mapMmio(0x1000, register);
        List<String> seen = new ArrayList<>();
        context.watch(new GuestWatcher() {
            @Override
            public void onStore(long address, int size, long value) {
                seen.add(address - range.base() + " " + size + " " + value);
            }
        });
        try (Notifier any = Notifier.create();
                Notifier one = Notifier.create()) {
            context.bind(IoEvent.mmio(range.base(), 4), any);
            context.bind(IoEvent.mmio(range.base(), 4).matching(1), one);
            context.post(range.base(), 4, 1);
            assertThat(one.drain()).isTrue();
            assertThat(any.drain()).isFalse();
            context.post(range.base(), 4, 2);
            assertThat(any.drain()).isTrue();
            assertThat(register.value).isZero();
            context.post(range.base(), 2, 3);
            assertThat(register.value).isEqualTo(3);
        }
        assertThat(seen).containsExactly("0 4 1", "0 4 2", "0 2 3");
    }

    @Test
    void watch_loads_areSeen() {
        List<Long> seen = new ArrayList<>();
        context.watch(new GuestWatcher() {
            @Override
            public void onLoad(long address, int size) {
                seen.add(address + size);
            }
        });
        assertThat(context.load(0xd000_0000L, 4)).isEqualTo(0xffff_ffffL);
        assertThat(seen).containsExactly(0xd000_0004L);
    }

    @Test
    void eventLoop_polled_runsTasks() {
        AtomicInteger ran = new AtomicInteger();
        context.eventLoop().execute(ran::incrementAndGet);

        context.eventLoop().poll(0);

        assertThat(ran).hasValue(1);
    }

    @Test
    void memory_written_isReadBack() {
        context.memory().putLong(FakeDeviceContext.MEMORY_SIZE - 8, 42);

        assertThat(context.memory().getLong(FakeDeviceContext.MEMORY_SIZE - 8)).isEqualTo(42);
        assertThat(context.memory().contains(FakeDeviceContext.MEMORY_SIZE, 1)).isFalse();
    }

    @Test
    void with_otherMemory_isThisMachineButForIt() {
        AtomicInteger accesses = new AtomicInteger();
        DeviceContext seen = context.with(new GuardedMemory(context.memory()) {
            @Override
            protected void beforeAccess(long gpa, long length) {
                var _ = accesses.incrementAndGet();
            }
        });
        seen.memory().putInt(64, 7);
        assertThat(context.memory().getInt(64)).isEqualTo(7);
        assertThat(accesses).hasValue(1);
        assertThat(seen.id()).isEqualTo(context.id());
        assertThat(seen.eventLoop()).isSameAs(context.eventLoop());
        seen.claim(new Interrupt(5, Trigger.EDGE));
        assertThatThrownBy(() -> seen.claim(new Interrupt(5, Trigger.EDGE))).isInstanceOf(ConfigException.class);
    }
}
