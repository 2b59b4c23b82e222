// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Linux VM that is paused and resumed again and again while it boots.
 *
 * <p>Usage: {@code PauseResume KERNEL INITRD COMMAND-LINE MILLISECONDS}, the last being how long it runs, and then
 * rests.
 */
public final class PauseResume {
    private PauseResume() {}

    /** Runs the VM to its end, and says how often it was paused. */
    public static void main(String[] args) throws InterruptedException, ExecutionException {
        Duration step = Duration.ofMillis(Long.parseLong(args[3]));
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .memory(Size.mebibytes(256))
                        .vcpus(2)
                        .boot(LinuxBoot.kernel(Path.of(args[0]))
                                .initrd(Path.of(args[1]))
                                .commandLine(args[2]))
                        .device(Serial.to(System.out))
                        .build()) {
            CompletableFuture<VmOutcome> end = vm.outcome().toCompletableFuture();
            vm.start();
            int pauses = 0;
            while (!endsWithin(end, step)) {
                vm.pause();
                pauses++;
                boolean endedMeanwhile = endsWithin(end, step);
                vm.resume();
                if (endedMeanwhile) {
                    break;
                }
            }
            System.out.println("paused " + pauses + " times, ended with " + end.get());
            System.exit(end.get().exitStatus());
        }
    }

    private static boolean endsWithin(CompletableFuture<VmOutcome> end, Duration time)
            throws InterruptedException, ExecutionException {
        try {
            end.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
