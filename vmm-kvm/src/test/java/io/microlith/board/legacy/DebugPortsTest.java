// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.RecordingVmControl.Request;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateCodec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The devices of a port or two and no state: exit, panic and console. */
class DebugPortsTest {
    private static <C> void withDevice(DeviceFactory<C, ?> factory, C config, DeviceTest test) {
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type())) {
            Device device = factory.create(config, machine);
            test.run(device, machine);
            device.close();
        }
    }

    private interface DeviceTest {
        void run(Device device, FakeDeviceContext machine);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 42, 255})
    void exit_byte_isTheStatus(int status) {
        withDevice(new DebugExitFactory(), DebugExitConfig.standard(), (_, machine) -> {
            machine.out(0xf4, status);

            assertThat(machine.control().requests()).containsExactly(new Request.Exit(status));
            assertThat(machine.in(0xf4)).isZero();
        });
    }

    @Test
    void exit_otherPort_isThere() {
        DebugExitConfig config = new DebugExitFactory().configure(Map.of("port", "0x501"));

        withDevice(
                new DebugExitFactory(),
                config,
                (_, machine) -> assertThat(machine.ports()).containsExactly(new AddressRange(0x501, 2)));
    }

    @Test
    void exit_oneInTheSecondPort_isAResponse() {
        withDevice(new DebugExitFactory(), DebugExitConfig.standard(), (_, machine) -> {
            machine.out(0xf5, 0);
            machine.out(0xf5, 2);
            machine.out(0xf5, 255);
            assertThat(machine.control().requests()).isEmpty();
            machine.out(0xf5, 1);

            assertThat(machine.control().requests()).containsExactly(new Request.Responded());
            assertThat(machine.in(0xf5)).isZero();
        });
    }

    @Test
    void exit_wide_isTheLowestByteOfTheStatus() {
        withDevice(new DebugExitFactory(), DebugExitConfig.standard(), (_, machine) -> {
            machine.out(0xf4, 2, 0x0103);

            assertThat(machine.control().requests()).containsExactly(new Request.Exit(3));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "", "-1", "65536", "0x10000", "99999999999"})
    void configure_noPort_isRefused(String port) {
        assertThatThrownBy(() -> new DebugExitFactory().configure(Map.of("port", port)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("debug-exit.port");
        assertThatThrownBy(() -> new DebugConsoleFactory().configure(Map.of("port", port)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("debug-console.port");
    }

    @Test
    void configure_noRoomForTheSecondPort_isRefused() {
        assertThat(new DebugExitConfig(0xfffe).port()).isEqualTo(0xfffe);
        assertThatThrownBy(() -> new DebugExitConfig(0xffff))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no room for 2 ports from 65535 on");
    }

    @Test
    void configure_unknownOption_isRefused() {
        for (DeviceFactory<?, ?> factory : List.of(
                new DebugExitFactory(),
                new DebugConsoleFactory(),
                new PvPanicFactory(),
                new RtcFactory(),
                new PowerManagementFactory())) {
            assertThatThrownBy(() -> factory.configure(Map.of("colour", "red")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(factory.type() + ".colour");
            assertThat(factory.configure(Map.of())).isNotNull();
        }
    }

    @Test
    void panic_read_isBothEvents() {
        withDevice(new PvPanicFactory(), PvPanicConfig.standard(), (_, machine) -> {
            assertThat(machine.in(0x505)).isEqualTo(3);
            assertThat(machine.nodes())
                    .containsExactly(
                            new FirmwareNode("QEMU0001", List.of(), List.of(new AddressRange(0x505, 1)), List.of()));
        });
    }

    @Test
    void panic_events_areTold() {
        List<String> told = new ArrayList<>();
        PvPanicEvents events = new PvPanicEvents() {
            @Override
            public void onPanicked() {
                told.add("panicked");
            }

            @Override
            public void onCrashLoaded() {
                told.add("crash loaded");
            }
        };
        withDevice(new PvPanicFactory(), new PvPanicConfig(events), (_, machine) -> {
            machine.out(0x505, 4);
            machine.out(0x505, 2);
            assertThat(machine.control().requests()).isEmpty();
            machine.out(0x505, 1);

            assertThat(told).containsExactly("crash loaded", "panicked");
            assertThat(machine.control().requests()).singleElement().isInstanceOf(Request.Panicked.class);
        });
    }

    @Test
    void console_bytes_areOutput() {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        DebugConsoleConfig config = new DebugConsoleConfig(DebugConsoleConfig.FIRMWARE_PORT, output);
        withDevice(new DebugConsoleFactory(), config, (device, machine) -> {
            "SeaBIOS".chars().forEach(character -> machine.out(0x402, character));
            device.drain();

            assertThat(output.toString(StandardCharsets.US_ASCII)).isEqualTo("SeaBIOS");
            assertThat(machine.in(0x402)).isEqualTo(0xe9);
        });
    }

    @Test
    void restore_noState_isTheDevice() {
        assertRestorable(new DebugExitFactory(), DebugExitConfig.standard());
        assertRestorable(new PvPanicFactory(), PvPanicConfig.standard());
        assertRestorable(new DebugConsoleFactory(), new DebugConsoleConfig(0xe9, new ByteArrayOutputStream()));
    }

    private static <C, S extends DeviceState> void assertRestorable(DeviceFactory<C, S> factory, C config) {
        try (FakeDeviceContext first = new FakeDeviceContext(factory.type());
                FakeDeviceContext second = new FakeDeviceContext(factory.type())) {
            Device created = factory.create(config, first);
            byte[] saved = StateCodec.encode(((Snapshotable<?>) created).save());
            Device restored = factory.restore(config, factory.read(StateCodec.reader(saved)), second);
            restored.reset();

            assertThat(second.ports()).isEqualTo(first.ports());
            assertThat(((Snapshotable<?>) restored).save()).isEqualTo(new NoState());
            created.close();
            restored.close();
        }
    }
}
