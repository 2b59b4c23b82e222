// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciBar.Kind;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.bus.pci.PciPlacedDevice;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PciSegmentTest {
    private static final PciBar BAR = new PciBar(0, Kind.MEMORY_32, 0x1000);
    private static final PciBar OTHER = new PciBar(1, Kind.MEMORY_32, 0x1000);
    private static final PciBar PORTS = new PciBar(2, Kind.PORTS, 0x20);
    private static final int DECODE = 0x3;

    private final PciMachine machine = new PciMachine();
    private final PciSegment segment = machine.segment;

    @Test
    void attach_devices_getRisingNumbers() {
        assertThat(segment.attach(device())).isEqualTo(PciAddress.ofDevice(1));
        assertThat(segment.attach(device())).isEqualTo(PciAddress.ofDevice(2));
        assertThat(segment.addresses()).hasSize(3).isSorted();
    }

    @Test
    void attach_detachedNumber_isGivenAgain() {
        segment.attach(device());
        segment.attach(device());
        assertThat(segment.detach(PciAddress.ofDevice(1))).isTrue();
        assertThat(segment.detach(PciAddress.ofDevice(1))).isFalse();
        assertThat(machine.configRead(1, 0)).isEqualTo(-1);
        assertThat(segment.attach(device())).isEqualTo(PciAddress.ofDevice(1));
    }

    @Test
    void attach_fullBus_isRefused() {
        for (int i = 1; i < 32; i++) {
            segment.attach(device());
        }
        assertThatThrownBy(() -> segment.attach(device()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("all 32 device numbers are taken");
    }

    @Test
    void attach_takenPlaceOrOtherBus_isRefused() {
        assertThatThrownBy(() -> segment.attach(PciAddress.ofDevice(0), device()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("00:00.0 is taken by the host bridge");
        assertThatThrownBy(() -> segment.attach(new PciAddress(1, 0, 0), device()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is only bus 0");
    }

    @Test
    void gsi_pins_areSwizzledOverFourInputs() {
        assertThat(segment.gsi(PciAddress.ofDevice(0), PciPin.A)).isEqualTo(16);
        assertThat(segment.gsi(PciAddress.ofDevice(1), PciPin.A)).isEqualTo(17);
        assertThat(segment.gsi(PciAddress.ofDevice(3), PciPin.B)).isEqualTo(16);
        assertThat(segment.gsi(PciAddress.ofDevice(31), PciPin.D)).isEqualTo(18);
    }

    @Test
    void bar_placedByTheGuest_answersThereAndOnlyThere() {
        FakePciDevice device = attached();
        place(1, 0x10, 0xc000_1000);
        place(1, 0x14, 0xc000_2000);
        place(1, 0x18, 0xc020);
        assertThat(machine.load(0xc000_1000L, 4)).isZero();
        assertThat(machine.load(0xc000_2ffcL, 4)).isEqualTo(1);
        assertThat(machine.in(0xc03f, 1)).isEqualTo(2);
        assertThat(machine.load(0xc000_0ffcL, 4)).isEqualTo(-1);
        assertThat(device.mapping(PORTS)).isEqualTo(new AddressRange(0xc020, 0x20));
    }

    @Test
    void bar_outsideTheWindows_doesNotAnswer() {
        attached();
        place(1, 0x10, 0x1000);
        assertThat(machine.mmio.ranges()).containsExactly(PciMachine.ECAM);
        place(1, 0x18, 0x3f9);
        assertThat(machine.pio.ranges()).containsExactly(PciHostBridge.CONFIG_PORTS);
    }

    @Test
    void bar_onAnotherBar_waitsUntilThatGoes() {
        attached();
        place(1, 0x10, 0xc000_1000);
        place(1, 0x14, 0xc000_1000);
        assertThat(machine.load(0xc000_1000L, 4)).isZero();
        place(1, 0x10, 0xc000_5000);
        assertThat(machine.load(0xc000_1000L, 4)).isEqualTo(1);
        assertThat(machine.load(0xc000_5000L, 4)).isZero();
    }

    @Test
    void bar_thatWaitedAndLeaves_takesNothingAway() {
        attached();
        place(1, 0x10, 0xc000_1000);
        place(1, 0x14, 0xc000_1000);
        place(1, 0x14, 0xc000_6000);
        assertThat(machine.load(0xc000_1000L, 4)).isZero();
        assertThat(machine.load(0xc000_6000L, 4)).isEqualTo(1);
    }

    @Test
    void bar_onADeviceOfTheBoard_leavesThatAlone() {
        AddressRange fixed = new AddressRange(0xc000_1000L, 0x1000);
        machine.mmio.add(fixed, new Fixed());
        attached();
        place(1, 0x10, 0xc000_1000);
        assertThat(machine.load(fixed.base(), 4)).isEqualTo(42);
        place(1, 0x10, 0xc000_3000);
        assertThat(machine.load(fixed.base(), 4)).isEqualTo(42);
    }

    @Test
    void mapMemory_placedDevice_hearsWhenItAnswers() {
        AddressRange range = new AddressRange(0xc000_1000L, 0x1000);
        List<String> heard = new ArrayList<>();
        Placed first = new Placed("first", heard);
        Placed second = new Placed("second", heard);

        assertThat(segment.mapMemory(range, first)).isTrue();
        assertThat(segment.mapMemory(range, second)).isFalse();
        assertThat(segment.mapMemory(new AddressRange(0, 0x1000), second)).isFalse();
        assertThat(heard).containsExactly("first+");

        segment.unmapMemory(range, first);
        assertThat(heard).containsExactly("first+", "first-", "second+");
        segment.unmapMemory(range, second);
        segment.unmapMemory(range, second);
        assertThat(heard).containsExactly("first+", "first-", "second+", "second-");
    }

    @Test
    void mapMemory_placeIsTaken_saysSo() {
        Fixed handler = new Fixed();
        AddressRange range = new AddressRange(0xc000_1000L, 0x1000);
        assertThat(segment.mapMemory(range, handler)).isTrue();
        assertThat(segment.mapMemory(range, new Fixed())).isFalse();
        assertThat(segment.mapMemory(new AddressRange(0, 0x1000), handler)).isFalse();
    }

    @Test
    void windows_thatCannotBe_areRefused() {
        assertThatThrownBy(() -> windows(new AddressRange(0xffff_0000L, 0x2_0000)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("straddles 4 GiB");
        assertThatThrownBy(() -> windows(new AddressRange(0, 0x2000), new AddressRange(0x1000, 0x1000)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("overlap");
        assertThatThrownBy(() -> new PciWindows(List.of(new AddressRange(0xffff, 2)), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ports that do not exist");
    }

    private FakePciDevice attached() {
        FakePciDevice device = new FakePciDevice(segment, PciPin.A, BAR, OTHER, PORTS);
        segment.attach(device);
        machine.configWrite(1, 4, DECODE);
        return device;
    }

    private FakePciDevice device() {
        return new FakePciDevice(segment, PciPin.A);
    }

    private void place(int device, int register, int address) {
        machine.configWrite(device, register, address);
    }

    private static PciWindows windows(AddressRange... memory) {
        return new PciWindows(List.of(), List.of(memory));
    }

    /** A device that is where it is. */
    private static final class Fixed implements MmioDevice {
        @Override
        public long read(long offset, int size) {
            return 42;
        }

        @Override
        public void write(long offset, int size, long value) {}
    }

    /** A device that hears where it is. */
    private record Placed(String name, List<String> heard) implements PciPlacedDevice {
        @Override
        public long read(long offset, int size) {
            return 0;
        }

        @Override
        public void write(long offset, int size, long value) {}

        @Override
        public void placed(AddressRange range) {
            heard.add(name + "+");
        }

        @Override
        public void displaced(AddressRange range) {
            heard.add(name + "-");
        }
    }
}
