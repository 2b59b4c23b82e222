// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.RecordingVmControl.Request;
import io.microlith.vmm.bus.pci.PciPin;
import org.junit.jupiter.api.Test;

class PciHostBridgeTest {
    private static final int HOST_BRIDGE = 0x0008_1b36;

    private final PciMachine machine = new PciMachine();

    @Test
    void configPorts_bridge_isDeviceZero() {
        assertThat(machine.configRead(0, 0)).isEqualTo(HOST_BRIDGE);
        assertThat(machine.configRead(0, 8)).isEqualTo(0x0600_0000);
    }

    @Test
    void configPorts_absentDeviceOrBus_readsAllOnes() {
        assertThat(machine.configRead(1, 0)).isEqualTo(-1);
        machine.out(0xcf8, 4, 0x8001_0000);
        assertThat(machine.in(0xcfc, 4)).isEqualTo(-1);
        assertThat(machine.in(0xcfc, 2)).isEqualTo(0xffff);
        machine.out(0xcfc, 4, 0);
        assertThat(machine.in(0xcfc, 4)).isEqualTo(-1);
    }

    @Test
    void configPorts_disabled_readAllOnesAndWriteNothing() {
        machine.out(0xcf8, 4, 0x3c);
        machine.out(0xcfc, 1, 5);
        assertThat(machine.in(0xcfc, 4)).isEqualTo(-1);
        assertThat(machine.configRead(0, 0x3c)).isZero();
    }

    @Test
    void configPorts_address_keepsOnlyItsBits() {
        machine.out(0xcf8, 4, -1);
        assertThat(machine.in(0xcf8, 4)).isEqualTo(0x80ff_fffc);
    }

    @Test
    void configPorts_narrowAccessToAddress_isNotIts() {
        machine.out(0xcf8, 4, 0x8000_0000);
        machine.out(0xcfb, 1, 1);
        machine.out(0xcf8, 2, 0xffff);
        machine.out(0xcfa, 2, 0xffff);
        machine.out(0xcf8, 1, 0xff);
        assertThat(machine.in(0xcf8, 4)).isEqualTo(0x8000_0000);
        assertThat(machine.in(0xcf8, 1)).isEqualTo(0xff);
        assertThat(machine.in(0xcfa, 2)).isEqualTo(0xffff);
    }

    @Test
    void configPorts_accessAcrossBothRegisters_isNeithers() {
        machine.out(0xcf8, 4, 0x8000_0000);
        machine.out(0xcfa, 4, 0);
        assertThat(machine.in(0xcf8, 4)).isEqualTo(0x8000_0000);
        assertThat(machine.in(0xcfa, 4)).isEqualTo(-1);
        assertThat(machine.in(0xcf9, 4)).isEqualTo(-1);
    }

    @Test
    void configPorts_partsOfData_areBytesOfTheRegister() {
        machine.out(0xcf8, 4, 0x8000_0000);
        assertThat(machine.in(0xcfc, 2)).isEqualTo(0x1b36);
        assertThat(machine.in(0xcfe, 2)).isEqualTo(0x0008);
        assertThat(machine.in(0xcfd, 1)).isEqualTo(0x1b);
        assertThat(machine.in(0xcfd, 2)).isEqualTo(0x081b);
    }

    @Test
    void resetRegister_byteWithTrigger_resets() {
        machine.out(0xcf9, 1, 0x02);
        assertThat(machine.control.requests()).isEmpty();
        machine.out(0xcf9, 1, 0x06);
        assertThat(machine.control.requests()).containsExactly(new Request.Reset());
        assertThat(machine.in(0xcf9, 1)).isEqualTo(0x02);
    }

    @Test
    void resetRegister_widerWrites_doNotReachIt() {
        machine.out(0xcf8, 4, 0x8000_0600);
        machine.out(0xcf9, 2, 0x0606);
        machine.out(0xcf8, 2, 0x0606);
        assertThat(machine.control.requests()).isEmpty();
    }

    @Test
    void ecam_bridge_isDeviceZero() {
        long base = PciMachine.ECAM.base();
        assertThat(machine.load(base, 4)).isEqualTo(HOST_BRIDGE);
        assertThat(machine.load(base + 1, 2)).isEqualTo(0x081b);
        assertThat(machine.load(base, 8)).isEqualTo((long) HOST_BRIDGE);
        assertThat(machine.load(base + 1, 3)).isEqualTo(0x00081b);
    }

    @Test
    void ecam_bothSidesOfAFunctionsEnd_areDifferentFunctions() {
        machine.segment.attach(new FakePciDevice(machine.segment, PciPin.NONE));
        long secondDevice = PciMachine.ECAM.base() + 0x8000;
        assertThat(machine.load(secondDevice - 2, 4)).isEqualTo(0x1af4_ffffL);
    }

    @Test
    void ecam_absentFunction_readsAllOnesOfTheSize() {
        long absent = PciMachine.ECAM.base() + 0x1000;
        assertThat(machine.load(absent, 1)).isEqualTo(0xff);
        assertThat(machine.load(absent, 4)).isEqualTo(0xffff_ffffL);
        assertThat(machine.load(absent, 8)).isEqualTo(-1);
    }

    @Test
    void ecam_write_isSeenThroughThePorts() {
        machine.store(PciMachine.ECAM.base() + 0x3c, 1, 0x0b);
        assertThat(machine.configRead(0, 0x3c)).isEqualTo(0x0b);
    }

    @Test
    void reset_forgetsAllRegisters() {
        PciHostState atPowerOn = machine.bridge.save();
        machine.configWrite(0, 0x3c, 9);
        machine.out(0xcf9, 1, 0x0a);
        assertThat(machine.bridge.save()).isNotEqualTo(atPowerOn);
        machine.bridge.reset();
        assertThat(machine.bridge.save()).isEqualTo(atPowerOn);
    }
}
