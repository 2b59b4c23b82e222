// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.fork;

import io.microlith.board.boot.LinuxBoot;
import io.microlith.snapshot.ClonePool;
import io.microlith.snapshot.VmTemplate;
import io.microlith.virtio.VirtioTransport;
import io.microlith.virtio.mmio.MmioTransport;
import io.microlith.virtio.net.NetSwitch;
import io.microlith.virtio.net.TapBackend;
import io.microlith.virtio.pci.PciTransport;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Linux VM with devices that is forked while it works, with nothing of it in a snapshot: the first child comes from a
 * pool, and is forked itself; then it is put back to where it began, as another one. All go on with their work side by
 * side, each with a disk, a console, a network card, ports and a balloon of its own.
 *
 * <p>Usage: {@code ForkedLinux KERNEL INITRD COMMAND-LINE DIRECTORY VCPUS mmio|pci}. DIRECTORY has the parent's disk,
 * {@code parent}, and gets the others'. The machines' networks are taps of their names: {@code parent}, {@code child},
 * {@code again} and {@code grandchild}.
 */
public final class ForkedLinux {
    private static final Size MEMORY = Size.mebibytes(256);
    private static final Size BALLOON = Size.mebibytes(16);

    private final Hypervisor kvm;
    private final Path directory;
    private final int vcpus;
    private final VirtioTransport transport;

    private ForkedLinux(Hypervisor kvm, Path directory, int vcpus, VirtioTransport transport) {
        this.kvm = kvm;
        this.directory = directory;
        this.vcpus = vcpus;
        this.transport = transport;
    }

    /** Runs the VMs to their ends. */
    public static void main(String[] args) throws InterruptedException, IOException {
        LinuxBoot linux =
                LinuxBoot.kernel(Path.of(args[0])).initrd(Path.of(args[1])).commandLine(args[2]);
        VirtioTransport transport = args[5].equals("pci") ? new PciTransport() : new MmioTransport();
        try (Hypervisor kvm = Hypervisor.open()) {
            ForkedLinux family = new ForkedLinux(kvm, Path.of(args[3]), Integer.parseInt(args[4]), transport);
            System.exit(family.live(linux));
        }
    }

    /** A machine, and what it has. */
    private record Member(Vm vm, Belongings has) {}

    private int live(LinuxBoot linux) throws InterruptedException, IOException {
        Belongings parentHas = belongings("parent");
        try (ClonePool pool = new ClonePool(1, this::shell);
                Vm parent = builder(parentHas).boot(linux).build()) {
            parent.start();
            parentHas.awaitRounds(2);
            Member first = new Member(parent, parentHas);
            Belongings childHas = belongings("child");
            Belongings againHas = belongings("again");
            try (VmTemplate moment = fork(first, childHas, againHas);
                    Vm child = pool.take(moment, childHas.identity())) {
                child.start();
                childHas.awaitRounds(1);
                // What is forked and put back next is a machine that has given memory back.
                childHas.take(BALLOON);
                childHas.awaitRounds(1);
                parentHas.awaitRounds(1);
                return live(first, new Member(child, childHas), moment, againHas);
            }
        }
    }

    /**
     * From when there are two.
     *
     * @param moment what the child was made of
     * @param againHas what it has when it is put back to that
     */
    private int live(Member parent, Member child, VmTemplate moment, Belongings againHas)
            throws InterruptedException, IOException {
        Belongings grandchildHas = belongings("grandchild");
        try (VmTemplate later = fork(child, grandchildHas);
                Vm grandchild = VmBuilder.on(kvm)
                        .restore(later)
                        .identity(grandchildHas.identity())
                        .build()) {
            grandchild.start();
            moment.attachTo(child.vm(), againHas.identity());
            for (Belongings each : List.of(parent.has(), grandchildHas, againHas)) {
                each.awaitRounds(2);
                each.end();
            }
            return Stream.of(parent.vm(), grandchild, child.vm())
                    .map(vm -> vm.outcome().toCompletableFuture().join())
                    .mapToInt(VmOutcome::exitStatus)
                    .max()
                    .orElseThrow();
        }
    }

    /** Of one that goes on; the disks of those to come are of the same moment as the memory. */
    private static VmTemplate fork(Member parent, Belongings... heirs) throws IOException {
        try (FrozenVm still = parent.vm().freeze()) {
            for (Belongings heir : heirs) {
                Files.copy(parent.has().disk(), heir.disk());
            }
            return VmTemplate.fork(still);
        }
    }

    private Belongings belongings(String name) {
        return new Belongings(name, directory.resolve(name), () -> TapBackend.open(name, 1), transport, System.out);
    }

    private VmBuilder builder(Belongings what) {
        VmBuilder builder = VmBuilder.on(kvm).memory(MEMORY).vcpus(vcpus);
        what.devices().forEach(builder::device);
        return builder;
    }

    /** A machine of the same kind that is nobody yet: what it has for devices it has only until it is somebody. */
    private VmBuilder shell() {
        Belongings nobodyHas = new Belongings(
                "nobody",
                directory.resolve("parent"),
                new NetSwitch()::plug,
                transport,
                OutputStream.nullOutputStream());
        return builder(nobodyHas).pages(PageBacking.PRIVATE);
    }
}
