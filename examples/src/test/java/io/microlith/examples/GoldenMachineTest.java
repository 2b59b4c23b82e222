// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.generation.GenerationFactory;
import io.microlith.board.legacy.DebugExitFactory;
import io.microlith.board.legacy.I8042Factory;
import io.microlith.board.legacy.PowerManagementFactory;
import io.microlith.board.legacy.PvPanicFactory;
import io.microlith.board.legacy.RtcFactory;
import io.microlith.board.legacy.SerialFactory;
import io.microlith.board.pci.PciHostState;
import io.microlith.board.state.ChipsState;
import io.microlith.board.state.ProcessorState;
import io.microlith.virtio.balloon.BalloonFactory;
import io.microlith.virtio.blk.BlkFactory;
import io.microlith.virtio.console.ConsoleFactory;
import io.microlith.virtio.net.NetFactory;
import io.microlith.virtio.pmem.PmemFactory;
import io.microlith.virtio.rng.RngFactory;
import io.microlith.virtio.vsock.VsockFactory;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCodec;
import io.microlith.vmm.state.StatePart;
import io.microlith.vmm.state.StateReader;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a Linux guest with two vCPUs and one virtio device of each kind was when an earlier build saved it: each part is
 * still read, by who has it. The files have the parts as they were, and are never written again; a record that gets
 * another version is read from here with its defaults.
 */
class GoldenMachineTest {
    private static final Map<String, DeviceFactory<?, ?>> DEVICES = Stream.<DeviceFactory<?, ?>>of(
                    new I8042Factory(),
                    new PowerManagementFactory(),
                    new PvPanicFactory(),
                    new DebugExitFactory(),
                    new RtcFactory(),
                    new GenerationFactory(),
                    new SerialFactory(),
                    new BalloonFactory(),
                    new BlkFactory(),
                    new ConsoleFactory(),
                    new NetFactory(),
                    new PmemFactory(),
                    new RngFactory(),
                    new VsockFactory())
            .collect(Collectors.toMap(DeviceFactory::type, factory -> factory));

    private static Function<StateReader, ? extends DeviceState> reading(String part) {
        String type = part.replaceFirst("\\d$", "");
        return switch (type) {
            case "board.chips" -> ChipsState::read;
            case "vcpu." -> ProcessorState::read;
            case "device.pci-host" -> PciHostState::read;
            default ->
                Objects.requireNonNull(DEVICES.get(type.replaceFirst("^device\\.", "")), () -> "who has " + part)::read;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"pc-mmio", "pc-pci"})
    void parts_ofAMachineThatWasSaved_areReadAndSayTheSame(String golden) throws URISyntaxException {
        List<StatePart> parts = GoldenMachine.of(golden).state().parts();

        for (StatePart part : parts) {
            StateReader saved = StateCodec.reader(part.state().toByteArray());
            DeviceState state = reading(part.name()).apply(saved);
            if (saved.version() == state.version()) {
                assertThat(StatePart.of(part.name(), state).state())
                        .as(part.name())
                        .isEqualTo(part.state());
            }
        }
        assertThat(parts)
                .extracting(part -> part.name().replaceFirst("^device\\.", ""))
                .contains("board.chips", "vcpu.0", "vcpu.1", "pci-host0", "vmgenid0", "rtc0", "serial0")
                .contains("balloon0", "blk0", "console0", "net0", "pmem0", "rng0", "vsock0");
    }
}
