// SPDX-License-Identifier: Apache-2.0
package org.example.dice;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.FlatImage;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.device.DeviceFactories;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.memory.Size;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** On KVM, and on the class path, where the file under {@code META-INF/services} counts. */
@RequiresKvm
class DiceKvmIT {
    // mov dx, 0x700 | in al, dx | out 0xf4, al
    private static final byte[] GUEST = HexFormat.of().parseHex("66ba0007" + "ec" + "e6f4");

    @Test
    void run_guestThrows_endsWithTheNumber() {
        assertThat(DeviceFactories.load()).containsKeys("dice", "serial");
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .memory(Size.mebibytes(4))
                        .boot(FlatImage.of(GUEST).mode(CpuMode.LONG_64_USER))
                        .device(DeviceRequest.parse("dice,seed=3"))
                        .build()) {
            assertThat(vm.run().exitStatus()).isBetween(1, 6);
        }
    }
}
