// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.ExitReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a debugger needs. */
@RequiresKvm
class DebugKvmIT {
    private static final int DEBUG_VECTOR = 1;
    private static final int BREAKPOINT_VECTOR = 3;

    private KvmHypervisor kvm;
    private TinyGuest guest;
    private KvmVcpu vcpu;

    @BeforeEach
    void open() {
        kvm = KvmHypervisor.open();
        guest = new TinyGuest(kvm);
        vcpu = guest.vcpu();
    }

    @AfterEach
    void close() {
        guest.close();
        kvm.close();
    }

    private static void skipIf(boolean impossible, String reason) {
        if (impossible) {
            System.err.println("SKIPPED a test of DebugKvmIT: " + reason);
        }
        assumeFalse(impossible, reason);
    }

    /** QEMU's emulator names itself so. */
    private static boolean isProcessorEmulated() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.anyMatch(line -> line.startsWith("model name") && line.contains("QEMU TCG"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void run_singleStep_stopsAfterEachInstruction() {
        // 90     nop
        // 90     nop
        // e6 10  out 0x10, al
        guest.supervisor("90 90 e6 10");
        vcpu.debug(GuestDebug.singleStep());

        assertThat(vcpu.run()).isEqualTo(ExitReason.DEBUG);
        assertThat(vcpu.debugExit().exception()).isEqualTo(DEBUG_VECTOR);
        assertThat(vcpu.debugExit().pc()).isEqualTo(TinyGuest.CODE + 1);
        assertThat(vcpu.run()).isEqualTo(ExitReason.DEBUG);
        assertThat(vcpu.debugExit().pc()).isEqualTo(TinyGuest.CODE + 2);

        vcpu.debug(GuestDebug.none());
        assertThat(vcpu.run()).isEqualTo(ExitReason.PIO);
    }

    @Test
    void run_softwareBreakpoint_stopsAtIt() {
        skipIf(HostProfile.probe(kvm).kind() == KvmKind.SOFTWARE, "a software KVM leaves INT3 to the guest");
        skipIf(isProcessorEmulated(), "QEMU's emulation of SVM leaves INT3 to the guest");
        // 90  nop
        // cc  int3
        guest.supervisor("90 cc");
        vcpu.debug(GuestDebug.softwareBreakpoints());

        assertThat(vcpu.run()).isEqualTo(ExitReason.DEBUG);

        assertThat(vcpu.debugExit().exception()).isEqualTo(BREAKPOINT_VECTOR);
        assertThat(vcpu.debugExit().pc()).isEqualTo(TinyGuest.CODE + 1);
    }

    @Test
    void run_hardwareBreakpoint_stopsBeforeTheInstruction() {
        // 90     nop
        // 90     nop
        // e6 10  out 0x10, al
        skipIf(isProcessorEmulated(), "QEMU's emulation of SVM knows no breakpoints of the host's in a guest");
        guest.user("90 90 e6 10");
        vcpu.debug(GuestDebug.hardwareBreakpoints(List.of(TinyGuest.CODE + 2)));

        assertThat(vcpu.run()).isEqualTo(ExitReason.DEBUG);

        assertThat(vcpu.debugExit().pc()).isEqualTo(TinyGuest.CODE + 2);
        assertThat(vcpu.debugExit().dr6() & 1).isEqualTo(1);
    }

    @Test
    void hardwareBreakpoints_moreThanFour_areRefused() {
        List<Long> five = List.of(1L, 2L, 3L, 4L, 5L);

        assertThatThrownBy(() -> GuestDebug.hardwareBreakpoints(five))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a processor has 4 breakpoints");
    }
}
