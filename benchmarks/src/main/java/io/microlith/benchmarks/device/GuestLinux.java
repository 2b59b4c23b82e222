// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.device;

import io.microlith.board.PcBoard;
import io.microlith.board.PcPart;
import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.vmm.Board;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;

/** A VMM for Linux as an embedder would write it, with devices by name and the guest's console on standard streams. */
final class GuestLinux {
    private static final int DEVICES = 4;

    private GuestLinux() {}

    /**
     * Runs a guest to its end.
     *
     * @param args kernel, initrd, mebibytes of memory, command line, and {@linkplain DeviceRequest devices}
     */
    public static void main(String[] args) {
        try (Hypervisor hypervisor = Hypervisor.open()) {
            VmBuilder builder = VmBuilder.on(hypervisor)
                    .board(board(args))
                    .memory(Size.mebibytes(Integer.parseInt(args[2])))
                    .pages(PageBacking.TRANSPARENT_HUGE)
                    .boot(LinuxBoot.kernel(Path.of(args[0]))
                            .initrd(Path.of(args[1]))
                            .commandLine(args[3]))
                    .device(Serial.stdio());
            for (int i = DEVICES; i < args.length; i++) {
                builder.device(DeviceRequest.parse(args[i]));
            }
            try (Vm vm = builder.build()) {
                // What exits and requests touch lies together from then on, as in any machine that is not new.
                System.gc();
                System.exit(vm.run().exitStatus());
            }
        }
    }

    /** As QEMU's microvm is: with a PCI bus only for who needs one. */
    private static Board board(String[] args) {
        for (int i = DEVICES; i < args.length; i++) {
            if (args[i].contains("transport=pci")) {
                return new PcBoard().without(PcPart.TIMER, PcPart.GENERATION);
            }
        }
        return new PcBoard().without(PcPart.PCI, PcPart.TIMER, PcPart.GENERATION);
    }
}
