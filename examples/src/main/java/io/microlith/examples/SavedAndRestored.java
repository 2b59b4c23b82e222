// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.Snapshot;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Linux VM that is saved, closed, and restored from its snapshot, again and again until it ends.
 *
 * <p>Usage: {@code SavedAndRestored KERNEL INITRD COMMAND-LINE DIRECTORY MILLISECONDS VCPUS [DEVICE…]}: the snapshots
 * go to DIRECTORY, and the milliseconds are how long it runs between two of them.
 */
public final class SavedAndRestored {
    private final Hypervisor kvm;
    private final List<DeviceRequest> devices;
    private final long step;
    private final int vcpus;

    private SavedAndRestored(Hypervisor kvm, List<DeviceRequest> devices, long step, int vcpus) {
        this.kvm = kvm;
        this.devices = devices;
        this.step = step;
        this.vcpus = vcpus;
    }

    /** Runs the VM to its end, and says how often it was restored. */
    public static void main(String[] args) throws InterruptedException, ExecutionException {
        List<DeviceRequest> devices =
                Arrays.stream(args).skip(6).map(DeviceRequest::parse).toList();
        try (Hypervisor kvm = Hypervisor.open()) {
            var machine = new SavedAndRestored(kvm, devices, Long.parseLong(args[4]), Integer.parseInt(args[5]));
            LinuxBoot linux =
                    LinuxBoot.kernel(Path.of(args[0])).initrd(Path.of(args[1])).commandLine(args[2]);
            System.exit(machine.run(linux, Path.of(args[3])).exitStatus());
        }
    }

    private VmOutcome run(LinuxBoot linux, Path directory) throws InterruptedException, ExecutionException {
        Vm vm = builder().boot(linux).memory(Size.mebibytes(256)).vcpus(vcpus).build();
        for (int count = 0; ; count++) {
            try (Vm running = vm) {
                CompletableFuture<VmOutcome> end = running.outcome().toCompletableFuture();
                running.start();
                if (endsWithin(end)) {
                    System.out.println("restored " + count + " times, ended with " + end.get());
                    return end.get();
                }
                Path next = directory.resolve("snapshot" + count);
                try (FrozenVm still = running.freeze()) {
                    Snapshot.write(still, next);
                    running.interrupt();
                }
            }
            RestoreStrategy strategy = count % 2 == 0 ? RestoreStrategy.MAPPED : RestoreStrategy.EAGER;
            vm = builder()
                    .restore(
                            Snapshot.open(directory.resolve("snapshot" + count)).restoration(strategy))
                    .build();
        }
    }

    private VmBuilder builder() {
        VmBuilder builder = VmBuilder.on(kvm).device(Serial.to(System.out));
        devices.forEach(builder::device);
        return builder;
    }

    private boolean endsWithin(CompletableFuture<VmOutcome> end) throws InterruptedException, ExecutionException {
        try {
            end.get(step, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
