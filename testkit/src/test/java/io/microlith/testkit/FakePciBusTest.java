// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.bus.pci.PciDevice;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakePciBusTest {
    private final FakeDeviceContext context = new FakeDeviceContext("function");
    private final FakePciBus bus = context.pciBus();

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void attach_functions_areReachedByTheirNumber() {
        assertThat(bus.attach(new Function())).isEqualTo(PciAddress.ofDevice(1));
        assertThat(bus.attach(new Function())).isEqualTo(PciAddress.ofDevice(2));
        assertThatThrownBy(() -> bus.attach(PciAddress.ofDevice(2), new Function()))
                .isInstanceOf(ConfigException.class);
        bus.writeConfig(1, 0, 2, 0x1_2345);
        assertThat(bus.readConfig(1, 0, 2)).isEqualTo(0x2345);
        assertThat(bus.readConfig(2, 0, 4)).isZero();
        assertThat(bus.detach(PciAddress.ofDevice(1))).isTrue();
        assertThat(bus.detach(PciAddress.ofDevice(1))).isFalse();
        assertThat(bus.readConfig(1, 0, 2)).isEqualTo(0xffff);
        assertThat(bus.functions()).hasSize(1);
    }

    @Test
    void attach_busFull_isRefused() {
        for (int i = 1; i < 32; i++) {
            bus.attach(new Function());
        }
        assertThatThrownBy(() -> bus.attach(new Function())).isInstanceOf(ConfigException.class);
    }

    @Test
    void mapMemory_free_answersUntilUnmapped() {
        AddressRange range = new AddressRange(0xc000_0000L, 0x1000);
        MmioDevice device = new Register(() -> 7);
        assertThat(bus.mapMemory(range, device)).isTrue();
        MmioDevice other = new Register(() -> 8);
        assertThat(bus.mapMemory(range, other)).isFalse();
        bus.unmapMemory(range, other);
        assertThat(context.load(range.base(), 4)).isEqualTo(7);
        bus.unmapMemory(range, device);
        assertThat(context.load(range.base(), 4)).isEqualTo(0xffff_ffffL);
    }

    @Test
    void watch_configWrites_areSeen() {
        List<String> seen = new ArrayList<>();
        context.watch(new GuestWatcher() {
            @Override
            public void onConfigWrite(int device, int offset, int size, int value) {
                seen.add(device + " " + offset + " " + size + " " + value);
            }
        });
        bus.writeConfig(3, 4, 2, 6);
        assertThat(seen).containsExactly("3 4 2 6");
    }

    @Test
    void gsi_pins_areThoseOfAPc() {
        assertThat(bus.gsi(PciAddress.ofDevice(1), PciPin.A)).isEqualTo(17);
        assertThat(bus.gsi(PciAddress.ofDevice(3), PciPin.B)).isEqualTo(16);
    }

    private static final class Function implements PciDevice {
        private int value;

        @Override
        public int readConfig(int offset, int size) {
            return value;
        }

        @Override
        public void writeConfig(int offset, int size, int newValue) {
            value = newValue;
        }
    }
}
