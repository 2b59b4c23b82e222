// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.Device;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A serial port with a guest, and the host at its other end. */
@Timeout(120)
abstract class SerialFixture {
    static final int RBR = 0;
    static final int THR = 0;
    static final int IER = 1;
    static final int IIR = 2;
    static final int FCR = 2;
    static final int LCR = 3;
    static final int MCR = 4;
    static final int LSR = 5;
    static final int MSR = 6;
    static final int SCR = 7;

    final ByteArrayOutputStream output = new ByteArrayOutputStream();
    final SerialInput input = new SerialInput();
    final FakeDeviceContext machine = new FakeDeviceContext("serial");
    final Device device = Serial.console(input, output).create(machine);
    final SerialGuest guest = new SerialGuest(machine);

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    String printed() {
        device.drain();
        return output.toString(StandardCharsets.UTF_8);
    }

    int triggers() {
        return machine.line(4).triggers();
    }

    void type(String text) {
        assertThat(input.type(text)).isTrue();
    }

    /** Runs the loop and the guest's handler until neither has anything to do. */
    void drive() {
        do {
            guest.handleInterrupts();
        } while (machine.eventLoop().poll(0) > 0);
        guest.handleInterrupts();
    }
}
