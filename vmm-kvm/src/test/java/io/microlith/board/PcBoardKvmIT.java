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

@RequiresKvm
class PcBoardKvmIT {

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

    @Test
    void run_userCodeWritesPorts_reachesTheDevices() {
        Recorder serial = new Recorder();
        // mov dx, 0x3f8; mov al, 'H'; out dx, al; mov al, 'i'; out dx, al; ud2
        String code = "66 ba f8 03  b0 48  ee  b0 69  ee  0f 0b";
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .boot(new UserCode(code))
                        .pio(0x3f8, 8, serial)
                        .build()) {
            VmOutcome outcome = vm.run();

            assertThat(serial.written).as("%s", outcome).containsExactly((int) 'H', (int) 'i');
            assertThat(outcome).isInstanceOf(VmOutcome.TripleFault.class);
        }
    }

    @Test
    void run_userCodeSignals_isAResponse() {
        // mov dx, 0xf5; mov al, 1; out dx, al; mov dx, 0xf4; mov al, 3; out dx, al; jmp $
        String code = "66 ba f5 00  b0 01  ee  66 ba f4 00  b0 03  ee  eb fe";
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm).boot(new UserCode(code)).build()) {
            assertThat(vm.run()).isEqualTo(new VmOutcome.Exited(3));
            assertThat(vm.timings().start()).isPresent();
            assertThat(vm.timings().response())
                    .hasValueSatisfying(time -> assertThat(time).isPositive());
        }
    }

    @Test
    void reset_guestChangedChipsAndRegisters_findsThemAsTheyWereAtFirst() {
        Recorder reports = new Recorder();
        String code =
                // in al, 0x21; mov dx, 0x3f8; out dx, al; movd eax, xmm0; out dx, eax
                "e4 21  66 ba f8 03  ee  66 0f 7e c0  ef"
                        // mov al, 0x55; out 0x21, al; mov eax, 0x1234; movd xmm0, eax
                        + "b0 55  e6 21  b8 34 12 00 00  66 0f 6e c0"
                        // in al, dx: how often it has started; test al, al; jz +2; ud2
                        + "ec  84 c0  74 02  0f 0b"
                        // mov dx, 0xcf9; mov al, 6; out dx, al; jmp $
                        + "66 ba f9 0c  b0 06  ee  eb fe";
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .boot(new UserCode(code))
                        .pio(0x3f8, 8, new Starts(reports))
                        .build()) {
            VmOutcome outcome = vm.run();

            assertThat(outcome).isInstanceOf(VmOutcome.TripleFault.class);
            assertThat(reports.written).hasSize(6);
            assertThat(reports.written.subList(2, 4)).isEqualTo(reports.written.subList(0, 2));
            assertThat(reports.written.subList(4, 6)).isEqualTo(reports.written.subList(0, 2));
            assertThat(reports.written.getFirst()).isNotEqualTo(0x55);
            assertThat(reports.written.get(1)).isZero();
        }
    }

    @Test
    void run_leanBoard_portsOfWhatIsMissingFloatAndKeyboardControllerResets() {
        Recorder reports = new Recorder();
        String code =
                // mov dx, 0xcfc; in eax, dx; mov dx, 0x3f8; out dx, eax; in al, 0x40; out dx, al; in al, 0x71;
                // out dx, al
                "66 ba fc 0c  ed  66 ba f8 03  ef  e4 40  ee  e4 71  ee"
                        // mov al, 0xfe; out 0x64, al; jmp $
                        + "b0 fe  e6 64  eb fe";
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .board(PcBoard.lean())
                        .boot(new UserCode(code))
                        .pio(0x3f8, 8, reports)
                        .onReset(OnReset.END)
                        .build()) {
            VmOutcome outcome = vm.run();

            assertThat(outcome).isInstanceOf(VmOutcome.Reset.class);
            assertThat(reports.written).containsExactly(-1, 0xff, 0xff);
        }
    }

    /** Tells the guest to start again, twice. */
    private record Starts(Recorder reports) implements PioDevice {
        @Override
        public int read(int offset, int size) {
            return reports.written.size() / 2 - 1 < 2 ? 0 : 1;
        }

        @Override
        public void write(int offset, int size, int value) {
            reports.write(offset, size, value);
        }
    }
}
