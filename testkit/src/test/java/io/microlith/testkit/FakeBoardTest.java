// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.Capability;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a device can do on the fake board while it is made. */
class FakeBoardTest {
    private final FakeBoard board = new FakeBoard();

    private void make(FakeHypervisor hypervisor, List<Consumer<DeviceContext>> devices) {
        VmBuilder builder = VmBuilder.on(hypervisor).board(board).memory(Size.mebibytes(1));
        devices.forEach(device -> builder.device(new Factory(), device));
        try (Vm vm = builder.build()) {
            assertThat(vm.devices()).hasSameSizeAs(devices);
        }
        hypervisor.assertClean();
    }

    @Test
    void mapMmio_boardChooses_windowsAreAlignedAndApart() {
        make(FakeHypervisor.with(), List.of(context -> {
            AddressRange small = context.mapMmio(16, new Register(() -> 0));
            AddressRange large = context.mapMmio(4096, new Register(() -> 0));
            assertThat(small.base()).isEqualTo(FakeDeviceContext.MMIO_BASE);
            assertThat(large.base() % 4096).isZero();
            assertThat(small.overlaps(large)).isFalse();
            assertThatThrownBy(() -> context.mapMmio(24, new Register(() -> 0))).isInstanceOf(ConfigException.class);
        }));
    }

    @Test
    void pciBusAndMsiRoute_areOfTheMachine() {
        FakeHypervisor hypervisor = FakeHypervisor.with();
        make(hypervisor, List.of(context -> {
            assertThat(context.pciBus()).isNotNull();
            context.msiRoute().close();
        }));
        assertThat(hypervisor.vm().msiRoutes()).hasSize(1);
    }

    @Test
    void msiRoute_notClosed_isAViolation() {
        FakeHypervisor hypervisor = FakeHypervisor.with();
        assertThatThrownBy(() -> make(hypervisor, List.of(DeviceContext::msiRoute)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("closed before its message-signalled interrupts");
    }

    @Test
    void claim_edgeTwice_isRefused() {
        Interrupt edge = new Interrupt(5, Trigger.EDGE);
        assertThatThrownBy(() -> make(
                        FakeHypervisor.with(), List.of(context -> context.claim(edge), context -> context.claim(edge))))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.setting()).isEqualTo("interrupt"))
                .hasMessageContaining("any1 wants");
    }

    @Test
    void claim_levelTwice_isShared() {
        Interrupt level = new Interrupt(5, Trigger.LEVEL);
        FakeHypervisor hypervisor = FakeHypervisor.with();
        Consumer<DeviceContext> device = context -> context.claim(level).setLevel(true);
        make(hypervisor, List.of(device, device));
        assertThat(hypervisor.vm().interruptLine(5).isAsserted()).isTrue();
    }

    @Test
    void claimFree_severalDevices_getInputsOfTheirOwn() {
        make(FakeHypervisor.with(), List.of(context -> {
            Interrupt one = context.claimFree(Trigger.EDGE);
            Interrupt two = context.claimFree(Trigger.LEVEL);
            assertThat(one.gsi()).isNotEqualTo(two.gsi());
            context.line(one).trigger();
            assertThatThrownBy(() -> context.line(new Interrupt(99, Trigger.EDGE)))
                    .isInstanceOf(IllegalArgumentException.class);
        }));
    }

    @Test
    void bind_withTheCapability_isThereUntilClosed() {
        FakeHypervisor hypervisor = FakeHypervisor.with(Capability.IO_EVENT, Capability.INTERRUPT_EVENT);
        IoEvent event = IoEvent.mmio(0xd0000000L, 4);
        make(hypervisor, List.of(context -> {
            Interrupt interrupt = context.claimFree(Trigger.EDGE);
            try (Notifier notifier = Notifier.create();
                    Registration in = context.bind(event, notifier);
                    Registration out = context.bind(interrupt, notifier)) {
                assertThat(in).isNotSameAs(out);
                assertThat(hypervisor.vm().ioEvents()).containsEntry(event, notifier);
                assertThat(hypervisor.vm().interruptEvents()).containsEntry(interrupt.gsi(), notifier);
            }
        }));
        assertThat(hypervisor.vm().ioEvents()).isEmpty();
        assertThat(hypervisor.vm().interruptEvents()).isEmpty();
    }

    @Test
    void bind_withoutTheCapability_isRefused() {
        assertThatThrownBy(() -> make(FakeHypervisor.with(), List.of(context -> {
                    try (Notifier notifier = Notifier.create()) {
                        context.bind(IoEvent.pio(0x80, 1), notifier).close();
                    }
                })))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("IO_EVENT");
    }

    @Test
    void describe_node_isThePlatforms() {
        FirmwareNode node = new FirmwareNode("LNRO0005", List.of(), List.of(), List.of());
        make(FakeHypervisor.with(), List.of(context -> context.describe(node)));
        assertThat(board.platform().nodes()).containsExactly(node);
    }

    @Test
    void msiVector_signalled_isRemembered() {
        FakeHypervisor hypervisor = FakeHypervisor.with();
        FakeHypervisorVm vm = (FakeHypervisorVm) hypervisor.createVm("msi");
        vm.msiVector(0xfee0_0000L, 0x41).signal();
        assertThat(vm.messages()).containsExactly("0xfee00000:0x41");
        vm.close();
    }

    /** Makes devices that do what the test says while they are made. */
    private static final class Factory implements DeviceFactory<Consumer<DeviceContext>, DeviceState> {
        @Override
        public String type() {
            return "any";
        }

        @Override
        public Consumer<DeviceContext> configure(Map<String, String> options) {
            return _ -> {};
        }

        @Override
        public Device create(Consumer<DeviceContext> config, DeviceContext context) {
            config.accept(context);
            return new Plain(context.id());
        }

        @Override
        public Device restore(Consumer<DeviceContext> config, DeviceState state, DeviceContext context) {
            throw new UnsupportedOperationException("has no state");
        }

        @Override
        public DeviceState read(StateReader reader) {
            throw new UnsupportedOperationException("has no state");
        }
    }

    private record Plain(DeviceId id) implements Device {
        @Override
        public void reset() {}

        @Override
        public void close() {}
    }
}
