// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.Device;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SerialPropertyTest {
    /** One thing that the guest or its host does. */
    record Step(boolean byHost, byte kind, byte where, int value) {}

    @Provide
    static Arbitrary<List<Step>> anySteps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.bytes(),
                        Arbitraries.bytes(),
                        Arbitraries.integers())
                .as((who, kind, where, value) -> new Step(who == 0, kind, where, value))
                .list()
                .ofMaxSize(60);
    }

    @Provide
    static Arbitrary<List<String>> anyTexts() {
        return Arbitraries.strings().ascii().ofMaxLength(100).list().ofMaxSize(8);
    }

    /** Whether the chip's interrupt line is high, by the data sheet's table 4 and no code of the device's. */
    private static boolean interrupts(SerialState state) {
        boolean line = (state.ier() & 4) != 0 && state.overrun();
        boolean received = (state.ier() & 1) != 0 && state.received().length() > 0;
        boolean empty = (state.ier() & 2) != 0 && state.transmitterEmptied();
        boolean modem = (state.ier() & 8) != 0 && state.modemChanges() != 0;
        return line || received || empty || modem;
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void anySteps_interruptIsTriggeredWheneverTheLineRises(@ForAll("anySteps") List<Step> steps) {
        SerialInput input = new SerialInput();
        try (FakeDeviceContext machine = new FakeDeviceContext("serial")) {
            SerialDevice device = (SerialDevice)
                    Serial.console(input, OutputStream.nullOutputStream()).create(machine);
            HostileGuest guest = new HostileGuest(machine);
            int rises = 0;
            boolean high = false;
            for (Step step : steps) {
                if (step.byHost) {
                    input.push(new byte[] {1, 2, 3}, 0, 3);
                    machine.eventLoop().poll(0);
                } else {
                    // One register at a time, so that the line cannot rise twice in a step.
                    guest.access((byte) (step.kind & 1), step.where, step.value);
                }
                boolean now = interrupts(device.save());
                rises += now && !high ? 1 : 0;
                high = now;
                assertThat(machine.line(4).triggers()).isEqualTo(rises);
                assertThat(device.save().checked()).isEqualTo(device.save());
            }
            device.close();
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void anyTexts_sentByEitherWay_arriveInOrder(@ForAll("anyTexts") List<String> texts, @ForAll long mix) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (FakeDeviceContext machine = new FakeDeviceContext("serial")) {
            Device device = Serial.to(output).create(machine);
            SerialGuest guest = new SerialGuest(machine);
            guest.open();
            for (int i = 0; i < texts.size(); i++) {
                if ((mix >> i & 1) == 0) {
                    guest.print(texts.get(i));
                } else {
                    guest.send(texts.get(i));
                    guest.handleInterrupts();
                }
            }
            device.close();
        }

        assertThat(output.toString(StandardCharsets.US_ASCII)).isEqualTo(String.join("", texts));
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void anyTexts_typed_arriveInOrder(@ForAll("anyTexts") List<String> texts) {
        SerialInput input = new SerialInput();
        try (FakeDeviceContext machine = new FakeDeviceContext("serial")) {
            Device device =
                    Serial.console(input, OutputStream.nullOutputStream()).create(machine);
            SerialGuest guest = new SerialGuest(machine);
            guest.open();
            for (String text : texts) {
                assertThat(input.type(text)).isTrue();
                guest.handleInterrupts();
            }
            while (machine.eventLoop().poll(0) > 0) {
                guest.handleInterrupts();
            }
            guest.handleInterrupts();
            assertThat(guest.received()).isEqualTo(String.join("", texts));
            device.close();
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void loopback_isAQueueOfSixteen(@ForAll List<Byte> script) {
        Deque<Integer> model = new ArrayDeque<>();
        boolean overrun = false;
        try (FakeDeviceContext machine = new FakeDeviceContext("serial")) {
            Device device = Serial.to(OutputStream.nullOutputStream()).create(machine);
            SerialGuest guest = new SerialGuest(machine);
            guest.out(2, 1);
            guest.out(4, 0x10);
            for (byte value : script) {
                if (value % 3 != 0) {
                    guest.out(0, value);
                    overrun |= model.size() == 16;
                    if (model.size() < 16) {
                        model.add(value & 0xff);
                    }
                } else if (value % 2 == 0) {
                    assertThat(guest.in(0)).isEqualTo(model.isEmpty() ? 0 : model.remove());
                } else {
                    assertThat(guest.in(5) & 3).isEqualTo((model.isEmpty() ? 0 : 1) | (overrun ? 2 : 0));
                    overrun = false;
                }
            }
            device.close();
        }
    }
}
