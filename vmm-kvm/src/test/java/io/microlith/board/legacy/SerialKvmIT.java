// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.FlatImage;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.device.DeviceSpec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guests with no interrupt handler, so that undefined instructions end them. */
@RequiresKvm
@Timeout(120)
class SerialKvmIT {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    private VmOutcome run(DeviceSpec<?> serial, String code) {
        byte[] image = HexFormat.of().parseHex(code.replace(" ", ""));
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .boot(FlatImage.of(image).mode(CpuMode.LONG_64_USER))
                        .device(serial)
                        .build()) {
            VmOutcome outcome = vm.run();
            // Before the VM is closed: an embedder may end the process now.
            assertThat(output.size()).isPositive();
            return outcome;
        }
    }

    @Test
    void run_guestPrintsAndEnds_outputIsThereWithTheOutcome() {
        // mov dx, 0x3f8; mov al, '4'; out dx, al; mov al, '2'; out dx, al; ud2
        VmOutcome outcome = run(Serial.to(output), "66baf803 b034 ee b032 ee 0f0b");

        assertThat(outcome).isInstanceOf(VmOutcome.TripleFault.class);
        assertThat(output.toString(StandardCharsets.US_ASCII)).isEqualTo("42");
    }

    @Test
    void run_guestEchoes_givesBackWhatWasTyped() {
        SerialInput input = new SerialInput();
        String typed = "The line is longer than a FIFO.q";
        assertThat(input.type(typed)).isTrue();

        //       mov dx, 0x3fa; mov al, 1; out dx, al              enable (and so clear) the FIFOs
        //       mov dx, 0x3fc; mov al, 2; out dx, al              then assert RTS
        // wait: mov dx, 0x3fd; in al, dx; test al, 1; jz wait     until a byte is there
        //       mov dx, 0x3f8; in al, dx; out dx, al              echo it
        //       cmp al, 'q'; jne wait; ud2
        VmOutcome outcome = run(
                Serial.console(input, output),
                "66bafa03 b001 ee  66bafc03 b002 ee" + "66bafd03 ec a801 74f7" + "66baf803 ec ee 3c71 75ed 0f0b");

        assertThat(outcome).isInstanceOf(VmOutcome.TripleFault.class);
        assertThat(output.toString(StandardCharsets.US_ASCII)).isEqualTo(typed);
    }
}
