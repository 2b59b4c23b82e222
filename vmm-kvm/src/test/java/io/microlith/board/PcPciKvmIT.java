// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.OnReset;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.bus.PioDevice;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A guest reaches the host bridge both ways, and the reset register among its ports. */
@RequiresKvm
class PcPciKvmIT {
    private static final int HOST_BRIDGE = 0x0008_1b36;

    private static final String PROGRAM =
            // mov dx, 0xcf8; mov eax, 0x80000000; out dx, eax
            "66baf80c b800000080 ef"
                    // mov dx, 0xcfc; in eax, dx; mov dx, 0x3f8; out dx, eax
                    + "66bafc0c ed 66baf803 ef"
                    // mov ebx, 0xe0000000; mov eax, [rbx]; out dx, eax
                    + "bb000000e0 8b03 ef"
                    // mov dx, 0xcf9; mov al, 6; out dx, al; jmp $
                    + "66baf90c b006 ee ebfe";

    @Test
    void run_guestReadsBridgeAndResets_seesItBothWaysAndEnds() {
        Recorder heard = new Recorder();
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .boot(new UserCode(PROGRAM))
                        .pio(0x3f8, 8, heard)
                        .onReset(OnReset.END)
                        .build()) {
            VmOutcome outcome = vm.run();

            assertThat(outcome).isInstanceOf(VmOutcome.Reset.class);
            assertThat(heard.written).containsExactly(HOST_BRIDGE, HOST_BRIDGE);
        }
    }

    private static final class Recorder implements PioDevice {
        private final List<Integer> written = new CopyOnWriteArrayList<>();

        @Override
        public int read(int offset, int size) {
            return 0;
        }

        @Override
        public void write(int offset, int size, int value) {
            written.add(value);
        }
    }
}
