// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import io.microlith.board.boot.LinuxBoot;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.dagger.ExtraDevices;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A VMM composed with Dagger.
 *
 * <p>Usage: {@code ComposedVmm KERNEL INITRD COMMAND-LINE [DEVICE...]}; a device is {@code type,option=value,...}, and
 * its type may come from any jar on the path.
 */
public final class ComposedVmm {
    private ComposedVmm() {}

    /** Boots a Linux and runs it to its end. */
    public static void main(String[] args) {
        HypervisorComponent host = DaggerHypervisorComponent.create();
        LinuxBoot linux =
                LinuxBoot.kernel(Path.of(args[0])).initrd(Path.of(args[1])).commandLine(args[2]);
        ExtraDevices extra = new ExtraDevices(
                Arrays.stream(args).skip(3).map(DeviceRequest::parse).toList());
        try (Hypervisor _ = host.hypervisor();
                Vm vm = host.vms()
                        .create(VmConfig.of("composed", Size.mebibytes(256), 2), linux, extra)
                        .vm()) {
            System.exit(vm.run().exitStatus());
        }
    }
}
