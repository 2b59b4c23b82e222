// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.boot.BootContext;
import io.microlith.board.boot.BootProtocol;
import io.microlith.board.boot.EntryState;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.bus.PioDevice;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

@RequiresKvm
class PcBoardKvmIT {
    private static final long CODE = 0x10_0000;

    /** Records bytes. */
    private static final class Recorder implements PioDevice {
        final List<Integer> written = new CopyOnWriteArrayList<>();

        @Override
        public int read(int offset, int size) {
            return 0;
        }

        @Override
        public void write(int offset, int size, int value) {
            written.add(value);
        }
    }

    private record Code(EntryState entry, String hex) implements BootProtocol {
        @Override
        public EntryState load(BootContext context) {
            context.memory().write(CODE, HexFormat.of().parseHex(hex.replace(" ", "")));
            return entry;
        }

        @Override
        public String describe() {
            return "code of a test";
        }
    }

    @Test
    void run_userCodeWritesPorts_reachesTheDevices() {
        Recorder serial = new Recorder();
        // mov dx, 0x3f8; mov al, 'H'; out dx, al; mov al, 'i'; out dx, al; ud2
        String code = "66 ba f8 03  b0 48  ee  b0 69  ee  0f 0b";
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .boot(new Code(EntryState.user64(CODE), code))
                        .pio(0x3f8, 8, serial)
                        .build()) {
            VmOutcome outcome = vm.run();

            assertThat(serial.written).as("%s", outcome).containsExactly((int) 'H', (int) 'i');
            assertThat(outcome).isInstanceOf(VmOutcome.TripleFault.class);
        }
    }
}
