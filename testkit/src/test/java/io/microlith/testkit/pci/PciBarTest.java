// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.device.pci.PciBarMemory;
import io.microlith.vmm.device.pci.PciBarRegions;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is behind a BAR, wherever the guest puts it. */
class PciBarTest {
    private static final AddressRange HERE = new AddressRange(0xc000_0000L, 0x1000);
    private static final AddressRange THERE = new AddressRange(0xc800_0000L, 0x1000);

    private final FakeDeviceContext context = new FakeDeviceContext("function");
    private final Registers registers = new Registers();
    private final PciBarRegions regions =
            new PciBarRegions(context, List.of(new BusHandler<>(new AddressRange(0x100, 0x10), registers)));
    private final Notifier notifier = Notifier.create();

    @AfterEach
    void close() {
        notifier.close();
        context.close();
    }

    @Test
    void access_insideARegion_hasItsOffset() {
        regions.write(0x104, 4, 7);
        assertThat(regions.read(0x10e, 2)).isEqualTo(0x0e);
        assertThat(registers.written).containsExactly("4/4=7");
    }

    @Test
    void access_outsideOrAcross_isAllOnesAndLost() {
        regions.write(0x10c, 8, 7);
        regions.write(0xff, 2, 7);
        assertThat(regions.read(0x10c, 8)).isEqualTo(-1);
        assertThat(regions.read(0, 1)).isEqualTo(0xff);
        assertThat(registers.written).isEmpty();
    }

    @Test
    void new_regionsOverlap_isRefused() {
        BusHandler<MmioDevice> first = new BusHandler<>(new AddressRange(0, 8), registers);
        BusHandler<MmioDevice> second = new BusHandler<>(new AddressRange(4, 8), registers);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PciBarRegions(context, List.of(first, second)))
                .withMessageContaining("overlap");
    }

    @Test
    void bind_barMoves_doorbellMovesAlong() {
        regions.placed(HERE);
        Registration bound = regions.bind(IoEvent.mmio(0x104, 2).matching(3), notifier);
        assertThat(context.ioEvents())
                .containsOnlyKeys(IoEvent.mmio(0xc000_0104L, 2).matching(3));
        regions.displaced(HERE);
        assertThat(context.ioEvents()).isEmpty();
        regions.placed(THERE);
        assertThat(context.ioEvents())
                .containsOnlyKeys(IoEvent.mmio(0xc800_0104L, 2).matching(3));
        bound.close();
        assertThat(context.ioEvents()).isEmpty();
        regions.displaced(THERE);
    }

    @Test
    void bind_writeComesByAnExit_ringsToo() {
        Registration bound = regions.bind(IoEvent.mmio(0x104, 2).matching(3), notifier);
        regions.write(0x104, 2, 4);
        regions.write(0x104, 4, 3);
        assertThat(notifier.drain()).isFalse();
        regions.write(0x104, 2, 3);
        assertThat(notifier.drain()).isTrue();
        assertThat(registers.written).containsExactly("4/2=4", "4/4=3");
        bound.close();
        regions.write(0x104, 2, 3);
        assertThat(notifier.drain()).isFalse();
    }

    @Test
    void bind_ports_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> regions.bind(IoEvent.pio(0x104, 2), notifier));
    }

    @Test
    void memory_placed_isMappedThereAndReadableAnyway() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(0x1000, 0x1000);
            PciBarMemory memory = new PciBarMemory(context, segment);
            memory.placed(HERE);
            assertThat(context.mappedMemory()).hasSize(1);
            assertThat(context.mappedMemory().getFirst().range()).isEqualTo(HERE);
            memory.write(0xffc, 4, 0x1234_5678L);
            assertThat(memory.read(0xffd, 2)).isEqualTo(0x3456);
            memory.displaced(HERE);
            assertThat(context.mappedMemory()).isEmpty();
        }
    }

    private static final class Registers implements MmioDevice {
        private final List<String> written = new ArrayList<>();

        @Override
        public long read(long offset, int size) {
            return offset;
        }

        @Override
        public void write(long offset, int size, long value) {
            written.add(offset + "/" + size + "=" + value);
        }
    }
}
