// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.VirtioLink;
import io.microlith.virtio.VirtioState;
import io.microlith.vmm.bus.pci.PciConfigState;
import io.microlith.vmm.device.pci.PciMsixState;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PciStateTest {
    private static final PciLayout LAYOUT = PciLayout.of(new PciMachine.Probe());

    @Test
    void restore_saved_isTheSame() {
        try (PciMachine machine = new PciMachine().place().live()) {
            machine.store(0x16, 2, 1);
            VirtioState saved = machine.port.save();
            try (PciMachine elsewhere = new PciMachine(saved)) {
                assertThat(elsewhere.port.save()).isEqualTo(saved);
                assertThat(elsewhere.load(0x1a, 2)).isEqualTo(2);
                elsewhere.settle();
                assertThat(elsewhere.device.calls).isEmpty();
                elsewhere.port.resume();
                elsewhere.device.context().interrupt(1).signal();
                assertThat(elsewhere.context.msiRoutes().get(2).messages()).containsExactly("0xfee00000:0x42");
                elsewhere.settle();
                assertThat(elsewhere.device.calls).containsExactly("notify 0", "notify 1");
            }
        }
    }

    @Test
    void restore_messageHeldBack_isSentElsewhere() {
        try (PciMachine machine = new PciMachine().place().live()) {
            machine.setConfig(machine.msix() + 2, 2, 0xc000);
            machine.device.context().interrupt(0).signal();
            try (PciMachine elsewhere = new PciMachine(machine.port.save())) {
                assertThat(elsewhere.context.msiRoutes().get(1).messages()).isEmpty();
                elsewhere.setConfig(elsewhere.msix() + 2, 2, 0x8000);
                assertThat(elsewhere.context.msiRoutes().get(1).messages()).containsExactly("0xfee00000:0x41");
            }
        }
    }

    @Test
    void restore_pinHigh_isHighElsewhere() {
        try (PciMachine machine = new PciMachine().place().live()) {
            machine.setConfig(machine.msix() + 2, 2, 0);
            machine.device.context().interrupt(0).signal();
            try (PciMachine elsewhere = new PciMachine(machine.port.save())) {
                assertThat(elsewhere.context.line(17).isAsserted()).isTrue();
                assertThat(elsewhere.load(0x800, 1)).isEqualTo(1);
                assertThat(elsewhere.context.line(17).isAsserted()).isFalse();
            }
        }
    }

    @Test
    void reset_ofTheMachine_isAsCreated() {
        try (PciMachine machine = new PciMachine()) {
            VirtioState created = machine.port.save();
            machine.place().live();
            machine.device.context().interrupt(0).signal();
            machine.port.reset();
            assertThat(machine.port.save()).isEqualTo(created);
            assertThat(machine.context.ioEvents()).isEmpty();
        }
    }

    @Test
    void restore_oneBrokenField_isRefusedAndLeavesNothing() {
        VirtioState good;
        try (PciMachine machine = new PciMachine().place().live()) {
            good = machine.port.save();
        }
        PciState.Own own = PciState.of(good, "pci", LAYOUT).own();
        ByteString none = ByteString.EMPTY;
        List<VirtioState> broken = List.of(
                with(good, "mmio", good.registers()),
                with(good, "pci", none),
                with(good, new PciState.Own(4, own.vectors(), own.config(), own.msix())),
                with(good, new PciState.Own(0, none, own.config(), own.msix())),
                with(good, new PciState.Own(0, PciState.bytes(new int[] {0, 3, 0}), own.config(), own.msix())),
                with(good, new PciState.Own(0, own.vectors(), new PciConfigState(none), own.msix())),
                with(good, new PciState.Own(0, own.vectors(), own.config(), new PciMsixState(none, none))),
                new VirtioState("pci", 0x100, 0, 0, 0, 0, 0, good.queues(), good.registers()));
        for (VirtioState state : broken) {
            try (FakeDeviceContext context = new FakeDeviceContext("probe")) {
                assertThatThrownBy(() -> new PciTransport()
                                .attach(new PciMachine.Probe(), VirtioLink.DEFAULT, Optional.of(state), context))
                        .isInstanceOf(InvalidStateException.class);
                assertThat(context.windows()).isEmpty();
                assertThat(context.interrupts()).isEmpty();
                assertThat(context.pciBus().functions()).isEmpty();
                assertThat(context.msiRoutes())
                        .allSatisfy(route -> assertThat(route.isClosed()).isTrue());
            }
        }
    }

    private static VirtioState with(VirtioState good, PciState.Own own) {
        return with(good, "pci", own.encode());
    }

    private static VirtioState with(VirtioState good, String transport, ByteString registers) {
        return new VirtioState(
                transport,
                good.status(),
                good.deviceFeaturesSelect(),
                good.driverFeaturesSelect(),
                good.driverFeatures(),
                good.queueSelect(),
                good.configGeneration(),
                good.queues(),
                registers);
    }
}
