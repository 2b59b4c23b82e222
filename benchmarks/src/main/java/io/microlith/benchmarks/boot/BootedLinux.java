// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.boot;

import io.microlith.board.PcBoard;
import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.vmm.Board;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;

/**
 * A VMM for Linux as an embedder would write it, which says {@code vm.run} before its first {@code KVM_RUN}. The rest
 * of its output is the guest's console.
 */
final class BootedLinux {
    /** As QEMU's microvm is. */
    private static final Board BOARD = PcBoard.lean();

    private BootedLinux() {}

    /**
     * Runs a guest to its end.
     *
     * @param args kernel, initrd, mebibytes of memory, command line
     */
    public static void main(String[] args) {
        try (Hypervisor hypervisor = Hypervisor.open();
                Vm vm = VmBuilder.on(hypervisor)
                        .board(new MarkedBoard(BOARD, BootedLinux::mark))
                        .memory(Size.mebibytes(Integer.parseInt(args[2])))
                        .pages(PageBacking.TRANSPARENT_HUGE)
                        .boot(LinuxBoot.kernel(Path.of(args[0]))
                                .initrd(Path.of(args[1]))
                                .commandLine(args[3]))
                        .device(Serial.to(System.out))
                        .build()) {
            System.exit(vm.run().exitStatus());
        }
    }

    private static void mark() {
        System.out.println("vm.run");
        System.out.flush();
    }
}
