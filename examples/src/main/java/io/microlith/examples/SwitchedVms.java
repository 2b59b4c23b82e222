// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.virtio.VirtioTransport;
import io.microlith.virtio.mmio.MmioTransport;
import io.microlith.virtio.net.MacAddress;
import io.microlith.virtio.net.Net;
import io.microlith.virtio.net.NetConfig;
import io.microlith.virtio.net.NetSwitch;
import io.microlith.virtio.pci.PciTransport;
import io.microlith.virtio.setup.VirtioSetup;
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
 * Two Linux VMs in one JVM, and a network between them that nobody else is on.
 *
 * <p>Usage: {@code SwitchedVms KERNEL INITRD mmio|pci VCPUS COMMAND-LINE-1 LOG-1 COMMAND-LINE-2 LOG-2}.
 */
public final class SwitchedVms {
    /** As long as packets can be: with no cable between, there is no reason for short ones. */
    private static final int MTU = 65535;

    private SwitchedVms() {}

    /** Starts both, waits for both, and says how they ended. */
    public static void main(String[] args) throws IOException {
        LinuxBoot linux = LinuxBoot.kernel(Path.of(args[0])).initrd(Path.of(args[1]));
        VirtioTransport transport = args[2].equals("pci") ? new PciTransport() : new MmioTransport();
        NetSwitch between = new NetSwitch();
        NetConfig card = NetConfig.of(between::plug).mtu(MTU).setup(VirtioSetup.DEFAULT.over(transport));
        int vcpus = Integer.parseInt(args[3]);
        try (Hypervisor kvm = Hypervisor.open();
                OutputStream firstLog = new FileOutputStream(args[5]);
                OutputStream secondLog = new FileOutputStream(args[7]);
                Vm first = build(kvm, "first", linux.commandLine(args[4]), card.mac(mac(1)), vcpus, firstLog);
                Vm second = build(kvm, "second", linux.commandLine(args[6]), card.mac(mac(2)), vcpus, secondLog)) {
            first.start();
            second.start();
            VmOutcome one = first.outcome().toCompletableFuture().join();
            VmOutcome two = second.outcome().toCompletableFuture().join();
            System.out.println("first: " + one + ", second: " + two + ", frames lost: " + between.lost());
            System.exit(Math.max(one.exitStatus(), two.exitStatus()));
        }
    }

    private static MacAddress mac(int number) {
        return MacAddress.of("02:00:00:00:03:0" + number);
    }

    private static Vm build(
            Hypervisor kvm, String id, LinuxBoot linux, NetConfig card, int vcpus, OutputStream console) {
        return VmBuilder.on(kvm)
                .id(id)
                .memory(Size.mebibytes(256))
                .vcpus(vcpus)
                .boot(linux)
                .device(Serial.to(console))
                .device(Net.with(card))
                .build();
    }
}
