// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.Device;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SerialInputTest {
    private final SerialInput input = new SerialInput();

    private String take(int length) {
        byte[] bytes = new byte[length];
        return new String(bytes, 0, input.take(bytes, length), StandardCharsets.UTF_8);
    }

    @Test
    void push_moreThanRoom_takesTheStart() {
        byte[] bytes = new byte[SerialInput.CAPACITY + 10];
        bytes[1] = 'x';

        assertThat(input.push(bytes, 1, bytes.length - 1)).isEqualTo(SerialInput.CAPACITY);
        assertThat(input.room()).isZero();
        assertThat(take(1)).isEqualTo("x");
    }

    @Test
    void push_wrapsAround_keepsTheOrder() {
        StringBuilder taken = new StringBuilder();
        StringBuilder pushed = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            assertThat(input.type("<" + i + ">")).isTrue();
            pushed.append('<').append(i).append('>');
            taken.append(take(10));
        }
        taken.append(take(SerialInput.CAPACITY));

        assertThat(taken).hasToString(pushed.toString());
    }

    @Test
    void push_outsideTheArray_throws() {
        assertThatThrownBy(() -> input.push(new byte[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void type_noRoomForAll_takesNothing() {
        assertThat(input.type("y".repeat(SerialInput.CAPACITY - 1))).isTrue();

        assertThat(input.type("ab")).isFalse();
        assertThat(input.room()).isEqualTo(1);
        assertThat(input.type("a")).isTrue();
    }

    @Test
    void onRoom_fullThenTaken_isToldOnce() {
        AtomicInteger told = new AtomicInteger();
        input.onRoom(told::incrementAndGet);
        input.push(new byte[SerialInput.CAPACITY], 0, SerialInput.CAPACITY);

        take(3);
        take(3);

        assertThat(told).hasValue(1);
        assertThat(input.room()).isEqualTo(6);
    }

    @Test
    void connect_afterDisconnect_servesTheNextPort() {
        input.type("for the second");
        try (FakeDeviceContext first = new FakeDeviceContext("serial");
                FakeDeviceContext second = new FakeDeviceContext("serial")) {
            Serial.console(input, new ByteArrayOutputStream()).create(first).close();
            Device port = Serial.console(input, new ByteArrayOutputStream()).create(second);
            SerialGuest guest = new SerialGuest(second);
            guest.open();
            second.eventLoop().poll(0);
            guest.handleInterrupts();

            assertThat(guest.received()).isEqualTo("for the second");
            port.close();
        }
    }
}
