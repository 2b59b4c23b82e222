// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.state.DeviceState;
import org.junit.jupiter.api.Test;

/**
 * Registers and features are answered, whatever is done to them.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state
 */
abstract class RegisterContract<C, S extends DeviceState> extends LifeContract<C, S> {
    @Test
    void access_everyOffsetAndWidth_isAnswered() {
        try (Machine machine = new Machine()) {
            long window = machine.driver.windowSize();
            for (int size = 1; size <= Long.BYTES; size++) {
                for (long offset = 0; offset <= window - size; offset++) {
                    machine.driver.readRaw(offset, size);
                    machine.driver.writeRaw(offset, size, -1);
                    machine.driver.writeRaw(offset, size, 0);
                }
            }
            machine.driver.settle();
            machine.assertWorks();
        }
    }

    @Test
    void features_notOffered_areNotAgreed() {
        try (Machine machine = new Machine()) {
            GuestDriver driver = machine.driver;
            long foreign = Long.lowestOneBit(~driver.offered() & 0x00ff_ffffL);
            driver.reset();
            driver.addStatus(GuestDriver.FOUND);
            driver.accept(foreign | GuestDriver.VERSION_1);
            assertThat(driver.status() & GuestDriver.FEATURES_OK).isZero();
            driver.addStatus(GuestDriver.DRIVER_OK);
            assertThat(driver.status() & GuestDriver.DRIVER_OK).isZero();
            machine.assertWorks();
        }
    }

    @Test
    void access_everyOffsetAndWidthWhileLive_isAnswered() {
        try (Machine machine = new Machine()) {
            machine.live(0);
            long window = machine.driver.windowSize();
            for (int size = 1; size <= Long.BYTES; size++) {
                for (long offset = 0; offset <= window - size; offset++) {
                    machine.driver.readRaw(offset, size);
                }
            }
            for (int size = 1; size <= Long.BYTES; size++) {
                for (long offset = 0; offset <= window - size; offset++) {
                    machine.driver.writeRaw(offset, size, 0x0101_0101_0101_0101L);
                    machine.driver.settle();
                }
            }
            machine.assertWorks();
        }
    }

    @Test
    void configurationSpace_everyOffsetAndWidth_isAnswered() {
        try (Machine machine = new Machine()) {
            for (PciAddress function : machine.context.pciBus().functions().keySet()) {
                for (int size = 1; size <= Integer.BYTES; size *= 2) {
                    for (int offset = 0; offset < 256; offset += size) {
                        machine.context.pciBus().readConfig(function.device(), offset, size);
                        machine.context.pciBus().writeConfig(function.device(), offset, size, -1);
                        machine.context.pciBus().writeConfig(function.device(), offset, size, 0);
                    }
                }
            }
            machine.device.reset();
            machine.assertWorks();
        }
    }
}
