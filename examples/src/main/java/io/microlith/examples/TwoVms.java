// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.memory.Size;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Two Linux VMs in one JVM, side by side.
 *
 * <p>Usage: {@code TwoVms KERNEL INITRD COMMAND-LINE LOG-1 LOG-2}; each VM's console goes to its log.
 */
public final class TwoVms {
    private TwoVms() {}

    /** Starts both, waits for both, and says how they ended. */
    public static void main(String[] args) throws IOException {
        LinuxBoot linux =
                LinuxBoot.kernel(Path.of(args[0])).initrd(Path.of(args[1])).commandLine(args[2]);
        try (Hypervisor kvm = Hypervisor.open();
                OutputStream firstLog = new FileOutputStream(args[3]);
                OutputStream secondLog = new FileOutputStream(args[4]);
                Vm first = build(kvm, "first", linux, firstLog);
                Vm second = build(kvm, "second", linux, secondLog)) {
            first.start();
            second.start();
            VmOutcome one = first.outcome().toCompletableFuture().join();
            VmOutcome two = second.outcome().toCompletableFuture().join();
            System.out.println("first: " + one + ", second: " + two);
            System.exit(Math.max(one.exitStatus(), two.exitStatus()));
        }
    }

    private static Vm build(Hypervisor kvm, String id, LinuxBoot linux, OutputStream console) {
        return VmBuilder.on(kvm)
                .id(id)
                .memory(Size.mebibytes(256))
                .boot(linux)
                .device(Serial.to(console))
                .build();
    }
}
