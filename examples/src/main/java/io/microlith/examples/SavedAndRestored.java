// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.examples.output.LineOutput;
import io.microlith.snapshot.Recording;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.Snapshot;
import io.microlith.snapshot.SnapshotSettings;
import io.microlith.snapshot.WorkingSet;
import io.microlith.virtio.VirtioTransport;
import io.microlith.virtio.balloon.Balloon;
import io.microlith.virtio.balloon.BalloonConfig;
import io.microlith.virtio.balloon.BalloonControl;
import io.microlith.virtio.mmio.MmioTransport;
import io.microlith.virtio.pci.PciTransport;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A Linux VM that is saved, closed, and restored from its snapshot as another one, so many times; then it may come to
 * its end.
 *
 * <p>Usage: {@code SavedAndRestored KERNEL INITRD COMMAND-LINE DIRECTORY VCPUS TIMES mmio|pci [DEVICE…]}. It is saved
 * each time when it has written a line that begins with {@code guest.snapshot}. Each third snapshot is a whole one, and
 * those after it have what has changed since the one before. They go to DIRECTORY, and away again when the next whole
 * one is there. Beside the devices it has a balloon over that transport. Every second machine, of which pages are
 * missing, gives memory to it as soon as it is restored, and the next one takes that back.
 */
public final class SavedAndRestored {
    private static final String BEGIN = "guest.snapshot";
    private static final int WHOLE = 3;
    private static final Size BALLOON = Size.mebibytes(16);

    private final Hypervisor kvm;
    private final Path directory;
    private final List<DeviceRequest> devices;
    private final BalloonControl balloon = new BalloonControl();
    private final VirtioTransport transport;
    private final OutputStream output = new LineOutput("", System.out, this::look);
    private volatile CompletableFuture<Boolean> seen = new CompletableFuture<>();

    private SavedAndRestored(Hypervisor kvm, Path directory, VirtioTransport transport, List<DeviceRequest> devices) {
        this.kvm = kvm;
        this.directory = directory;
        this.transport = transport;
        this.devices = devices;
    }

    /** Runs the VM to its end. */
    public static void main(String[] args) throws InterruptedException, ExecutionException, IOException {
        List<DeviceRequest> devices =
                Arrays.stream(args).skip(7).map(DeviceRequest::parse).toList();
        LinuxBoot linux =
                LinuxBoot.kernel(Path.of(args[0])).initrd(Path.of(args[1])).commandLine(args[2]);
        try (Hypervisor kvm = Hypervisor.open()) {
            SavedAndRestored machine = new SavedAndRestored(
                    kvm, Path.of(args[3]), args[6].equals("pci") ? new PciTransport() : new MmioTransport(), devices);
            Vm first = machine.with(VmBuilder.on(kvm)
                    .memory(Size.mebibytes(256))
                    .vcpus(Integer.parseInt(args[4]))
                    .trackWrites(WriteTracking.LOG)
                    .boot(linux));
            System.exit(machine.run(first, Integer.parseInt(args[5])).exitStatus());
        }
    }

    private Vm with(VmBuilder builder) {
        builder.device(Serial.to(output));
        devices.forEach(builder::device);
        builder.device(Balloon.with(BalloonConfig.of(balloon).setup(VirtioSetup.DEFAULT.over(transport))));
        return builder.build();
    }

    /** Each is a machine of its own: the guest is told, and so has random numbers of its own. */
    private Vm another(Snapshot saved, RestoreStrategy strategy) {
        return with(VmBuilder.on(kvm)
                .restore(saved.restoration(strategy))
                .trackWrites(WriteTracking.RING)
                .identity(CloneIdentity.fresh()));
    }

    private VmOutcome run(Vm first, int times) throws InterruptedException, ExecutionException, IOException {
        Vm vm = first;
        Optional<Snapshot> before = Optional.empty();
        String how = "";
        for (int count = 0; ; count++) {
            try (Vm running = vm) {
                CompletableFuture<VmOutcome> end = running.outcome().toCompletableFuture();
                CompletableFuture<Boolean> line = nextLine();
                running.start();
                if (count > 0) {
                    System.out.println("restored " + count + " times");
                    balloon.setTarget(count % 2 == 0 ? BALLOON : Size.bytes(0));
                }
                if (count == times || CompletableFuture.anyOf(end, line).join() instanceof VmOutcome) {
                    return end.get();
                }
                System.out.println("goes on after " + running.timings());
                if (count > 0 && count % 2 == 0) {
                    System.out.println("balloon took " + balloon.actual() + " of a machine restored by " + how);
                }
                try (FrozenVm still = running.freeze()) {
                    save(still, count % WHOLE == 0 ? Optional.empty() : before, snapshot(count));
                    running.interrupt();
                }
            }
            Snapshot saved = Snapshot.open(snapshot(count));
            RestoreStrategy strategy = strategy(saved, count);
            how = strategy.toString();
            vm = another(saved, strategy);
            before = Optional.of(saved);
            for (int older = count - WHOLE; count % WHOLE == 0 && older >= 0 && older < count; older++) {
                delete(snapshot(older));
            }
        }
    }

    private static void save(FrozenVm machine, Optional<Snapshot> before, Path to) {
        if (before.isEmpty()) {
            Snapshot.write(machine, to);
            return;
        }
        Snapshot changes = Snapshot.writeChanges(machine, before.get(), to, SnapshotSettings.DEFAULT.compressed());
        System.out.println("saved " + changes.ownPages() + " pages that changed");
    }

    /** Another one each time; for every fourth, what the machine wants is found out first. */
    private RestoreStrategy strategy(Snapshot saved, int count) {
        return switch (count % 4) {
            case 0 -> RestoreStrategy.MAPPED;
            case 1 -> RestoreStrategy.LAZY;
            case 2 -> RestoreStrategy.EAGER;
            default -> {
                record(saved);
                List<RestoreStrategy> prefetching = List.of(
                        RestoreStrategy.PREFETCH,
                        RestoreStrategy.OVERLAPPED,
                        RestoreStrategy.DIRECT,
                        RestoreStrategy.READ_AHEAD);
                yield prefetching.get(count / 4 % prefetching.size());
            }
        };
    }

    /** Lets the machine go on as far as its next line, and notes the memory that it wants. */
    private void record(Snapshot saved) {
        Recording recording = new Recording(saved);
        try (Vm vm = another(saved, recording)) {
            CompletableFuture<Boolean> line = nextLine();
            vm.start();
            var _ = CompletableFuture.anyOf(vm.outcome().toCompletableFuture(), line)
                    .join();
            System.out.println("recorded " + recording.save().size() + " pages");
        }
    }

    /** Completed when there was a line that says it works, from here on. */
    private CompletableFuture<Boolean> nextLine() {
        seen = new CompletableFuture<>();
        return seen;
    }

    private void look(String line) {
        if (line.startsWith(BEGIN)) {
            seen.complete(true);
        }
    }

    private Path snapshot(int count) {
        return directory.resolve("snapshot" + count);
    }

    private static void delete(Path snapshot) throws IOException {
        Files.deleteIfExists(snapshot.resolve(Snapshot.STATE_FILE));
        Files.deleteIfExists(snapshot.resolve(Snapshot.MEMORY_FILE));
        Files.deleteIfExists(snapshot.resolve(WorkingSet.FILE));
        Files.deleteIfExists(snapshot);
    }
}
