// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.error.VmmException;
import org.junit.jupiter.api.Test;

class VmOutcomeTest {
    private static final VcpuFault FAULT = new VcpuFault(1, "KVM_EXIT_SHUTDOWN", "0f0b", "rip=0x10");

    @Test
    void exitStatus_everyOutcome_isThatOfTheCommandLine() {
        assertThat(new VmOutcome.Shutdown().exitStatus()).isZero();
        assertThat(new VmOutcome.Reset().exitStatus()).isZero();
        assertThat(new VmOutcome.Stopped().exitStatus()).isZero();
        assertThat(new VmOutcome.Exited(42).exitStatus()).isEqualTo(42);
        assertThat(new VmOutcome.Panicked("no init").exitStatus()).isEqualTo(1);
        assertThat(new VmOutcome.TripleFault(FAULT).exitStatus()).isEqualTo(1);
        assertThat(new VmOutcome.EmulationFailed(FAULT).exitStatus()).isEqualTo(1);
        assertThat(new VmOutcome.UnhandledExit(FAULT).exitStatus()).isEqualTo(1);
        assertThat(new VmOutcome.Interrupted().exitStatus()).isEqualTo(1);
        assertThat(new VmOutcome.HostError(new VmmException("disk")).exitStatus())
                .isEqualTo(2);
    }

    @Test
    void toString_fault_hasReasonInstructionAndRegisters() {
        assertThat(FAULT).hasToString("vCPU 1: KVM_EXIT_SHUTDOWN\ninstruction: 0f0b\nrip=0x10");
        assertThat(new VcpuFault(0, "exit 99", "", "rip=0x0")).hasToString("vCPU 0: exit 99\nrip=0x0");
    }
}
