// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.testkit.RequiresKvm;
import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.VcpuExit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guests of a few instructions, and the exits they cause. */
@RequiresKvm
class GuestKvmIT {
    @Test
    void run_realModeOut_exitsWithPortAndData() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            // mov dx, 0x3f8; mov al, 'A'; out dx, al; hlt
            guest.realMode("ba f8 03 b0 41 ee f4");

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            assertThat(guest.vcpu().exit().copy()).isEqualTo(new VcpuExit.Snapshot(true, 0x3f8, 1, List.of(0x41L)));
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.HALTED);
        }
    }

    @Test
    void run_ring3InOut_answerReachesGuest() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            // in al, 0x10; inc al; out 0x11, al
            guest.longMode(3, "e4 10 fe c0 e6 11");

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            assertThat(guest.vcpu().exit().isWrite()).isFalse();
            guest.vcpu().exit().respond(0, 0x7f);
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            assertThat(guest.vcpu().exit().copy()).isEqualTo(new VcpuExit.Snapshot(true, 0x11, 1, List.of(0x80L)));
        }
    }

    @Test
    void kick_beforeRun_returnsInterrupted() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            // jmp $
            guest.longMode(3, "eb fe");

            guest.vcpu().kick();

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.INTERRUPTED);
        }
    }
}
