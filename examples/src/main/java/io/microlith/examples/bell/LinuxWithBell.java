// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.bell;

import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;

/**
 * A Linux VM with two {@link BellDevice bells}, one of little memory and one of much.
 *
 * <p>Usage: {@code LinuxWithBell KERNEL INITRD COMMAND-LINE}.
 */
public final class LinuxWithBell {
    private LinuxWithBell() {}

    /** Runs the VM to its end. */
    public static void main(String[] args) {
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .memory(Size.mebibytes(256))
                        .boot(LinuxBoot.kernel(Path.of(args[0]))
                                .initrd(Path.of(args[1]))
                                .commandLine(args[2]))
                        .device(Serial.to(System.out))
                        .device(new BellFactory(), new BellConfig(Size.kibibytes(64)))
                        .device(new BellFactory(), new BellConfig(Size.mebibytes(32)))
                        .build()) {
            System.exit(vm.run().exitStatus());
        }
    }
}
