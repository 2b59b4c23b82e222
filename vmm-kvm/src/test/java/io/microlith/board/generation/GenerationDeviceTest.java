// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.error.ConfigException;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GenerationDeviceTest {
    private static final long ADDRESS = 0xf_f000;
    private static final UUID FIRST = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final UUID SECOND = UUID.fromString("01020304-0506-0708-090a-0b0c0d0e0f10");

    /** The first three parts are little-endian numbers, as in every GUID. */
    private static final String FIRST_BYTES = "33221100554477668899aabbccddeeff";

    private static final String SECOND_BYTES = "0403020106050807090a0b0c0d0e0f10";
    private static final String NOTHING = "00".repeat(16);

    private final FakeDeviceContext machine = new FakeDeviceContext("vmgenid");
    private final GenerationFactory factory = new GenerationFactory();

    @AfterEach
    void close() {
        machine.close();
    }

    private static GenerationConfig config(UUID generation) {
        return new GenerationConfig(ADDRESS, () -> generation);
    }

    private GenerationDevice created() {
        return (GenerationDevice) factory.create(config(FIRST), machine);
    }

    private GenerationState saved() {
        try (FakeDeviceContext other = new FakeDeviceContext("vmgenid");
                GenerationDevice device = (GenerationDevice) factory.create(config(FIRST), other)) {
            return device.save();
        }
    }

    private GenerationDevice clone(UUID generation) {
        return (GenerationDevice) factory.restoreClone(config(generation), saved(), machine);
    }

    private String memory() {
        byte[] bytes = new byte[16];
        machine.memory().read(ADDRESS, bytes, 0, bytes.length);
        return HexFormat.of().formatHex(bytes);
    }

    private int interrupts() {
        return machine.line(13).triggers();
    }

    @Test
    void powerOn_writesWithoutAnInterrupt() {
        try (GenerationDevice device = created()) {
            assertThat(memory()).isEqualTo(NOTHING);
            device.reset();

            assertThat(memory()).isEqualTo(FIRST_BYTES);
            assertThat(interrupts()).isZero();
        }
    }

    @Test
    void reset_guestWroteOverIt_isThereAgain() {
        try (GenerationDevice device = created()) {
            device.reset();
            machine.memory().write(ADDRESS, new byte[16]);
            device.reset();

            assertThat(memory()).isEqualTo(FIRST_BYTES);
            assertThat(interrupts()).isZero();
        }
    }

    @Test
    void restore_sameMachine_tellsNothing() {
        try (GenerationDevice device = (GenerationDevice) factory.restore(config(SECOND), saved(), machine)) {
            device.resume();

            assertThat(memory()).isEqualTo(NOTHING);
            assertThat(interrupts()).isZero();
            assertThat(device.save()).isEqualTo(saved());
        }
    }

    @Test
    void restoreClone_tellsWhenItGoesOnAndOnce() {
        try (GenerationDevice device = clone(SECOND)) {
            assertThat(memory()).isEqualTo(NOTHING);
            assertThat(interrupts()).isZero();
            device.resume();

            assertThat(memory()).isEqualTo(SECOND_BYTES);
            assertThat(interrupts()).isEqualTo(1);
            device.pause();
            device.resume();
            assertThat(interrupts()).isEqualTo(1);
        }
    }

    @Test
    void restoreClone_savedBeforeItWentOn_isStillToBeTold() {
        GenerationState untold;
        try (FakeDeviceContext other = new FakeDeviceContext("vmgenid");
                GenerationDevice device = (GenerationDevice) factory.restoreClone(config(SECOND), saved(), other)) {
            untold = device.save();
        }
        try (GenerationDevice device = (GenerationDevice) factory.restore(config(FIRST), untold, machine)) {
            device.resume();

            assertThat(memory()).isEqualTo(SECOND_BYTES);
            assertThat(interrupts()).isEqualTo(1);
            assertThat(device.save().untold()).isZero();
        }
    }

    @Test
    void restoreClone_placeOfAnotherProgram_isKept() {
        GenerationState elsewhere = new GenerationState(0x8_0000, saved().generation(), 0);
        try (GenerationDevice device = (GenerationDevice) factory.restoreClone(config(SECOND), elsewhere, machine)) {
            device.resume();

            assertThat(memory()).isEqualTo(NOTHING);
            assertThat(device.save().address()).isEqualTo(0x8_0000);
        }
    }

    @Test
    void restoreClone_generationThatWasSaved_isRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> clone(FIRST))
                .withMessageContaining("of this generation");
        assertThat(machine.interrupts()).isEmpty();
    }

    @Test
    void change_whileItRuns_tells() {
        try (GenerationDevice device = created()) {
            device.reset();
            device.change(FIRST);
            assertThat(interrupts()).isZero();
            device.change(SECOND);

            assertThat(memory()).isEqualTo(SECOND_BYTES);
            assertThat(interrupts()).isEqualTo(1);
        }
    }

    @Test
    void change_whileItIsPaused_waits() {
        try (GenerationDevice device = created()) {
            device.reset();
            device.pause();
            device.change(SECOND);
            assertThat(memory()).isEqualTo(FIRST_BYTES);
            device.resume();

            assertThat(memory()).isEqualTo(SECOND_BYTES);
            assertThat(interrupts()).isEqualTo(1);
        }
    }

    @Test
    void change_afterClose_leavesTheMachineAlone() {
        GenerationDevice device = created();
        device.reset();
        device.close();
        device.change(SECOND);

        assertThat(memory()).isEqualTo(FIRST_BYTES);
        assertThat(interrupts()).isZero();
    }

    @Test
    void random_isAnotherEachTime() {
        GenerationConfig config = GenerationConfig.random(ADDRESS);

        assertThat(config.generation().get()).isNotEqualTo(config.generation().get());
    }

    @Test
    void configure_inText_isRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> factory.configure(Map.of()))
                .withMessageContaining("part of a board");
    }
}
