// SPDX-License-Identifier: Apache-2.0
package org.example.dice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeExit;
import io.microlith.testkit.FakeGuest;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.device.DeviceFactories;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** On the module path, where the {@code provides} clause of the module counts. */
class DicePluginTest {
    private final FakeHypervisor hypervisor = FakeHypervisor.with();

    private VmBuilder builder() {
        return VmBuilder.on(hypervisor).board(new FakeBoard()).memory(Size.mebibytes(1));
    }

    @Test
    void load_moduleOnThePath_providesTheType() {
        assertThat(DiceFactory.class.getModule().getName()).isEqualTo("org.example.dice");
        assertThat(DeviceFactories.load().get("dice")).isInstanceOf(DiceFactory.class);
    }

    @Test
    void device_byName_answersTheGuest() {
        List<Long> throwsOfTwo = run("dice,port=0x710,sides=2,seed=1", 0x710);
        assertThat(throwsOfTwo).hasSize(20).containsOnly(1L, 2L).contains(1L, 2L);
        assertThat(run("dice,port=0x710,sides=2,seed=1", 0x710)).isEqualTo(throwsOfTwo);
        assertThat(run("dice", DiceConfig.PORT)).hasSize(20).allMatch(number -> number >= 1 && number <= 6);
    }

    private List<Long> run(String device, int port) {
        FakeExit[] program = new FakeExit[21];
        for (int i = 0; i < 20; i++) {
            program[i] = FakeExit.in(port, 1);
        }
        program[20] = FakeExit.of(ExitReason.TRIPLE_FAULT);
        try (Vm vm = builder()
                .boot(FakeGuest.of(program))
                .device(DeviceRequest.parse(device))
                .build()) {
            assertThat(vm.run().exitStatus()).isEqualTo(1);
            return hypervisor.vm().vcpu(0).answers();
        }
    }

    @Test
    void device_nameAndOptionsAsMap_isTheSame() {
        try (Vm vm = builder().device("dice", Map.of("port", "0x720")).build()) {
            assertThat(vm.devices())
                    .singleElement()
                    .satisfies(dice -> assertThat(dice.id()).hasToString("dice0"));
            assertThat(vm.pio().ranges()).singleElement().hasToString("0x720-0x720");
        }
    }

    @Test
    void device_optionWrong_isRefusedByThePlugin() {
        assertThatThrownBy(() -> builder().device(DeviceRequest.parse("dice,sides=1")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("dice.sides: 1 is not from 2 to 255");
        assertThatThrownBy(() -> builder().device(DeviceRequest.parse("dice,colour=red")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("dice.colour: no such option");
    }

    @Test
    void device_nameMisspelt_namesThoseThereAre() {
        assertThatThrownBy(() -> builder().device(DeviceRequest.parse("dicee")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("device: no provider of type 'dicee'")
                .hasMessageContaining("dice");
    }

    @Test
    void device_twiceAtOnePort_isRefused() {
        assertThatThrownBy(() -> builder()
                        .device(DeviceRequest.parse("dice"))
                        .device(DeviceRequest.parse("dice"))
                        .build())
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "pio: 0x700-0x700 of dice1 overlaps 0x700-0x700 of dice0: give one of them another address");
        hypervisor.assertClean();
    }
}
