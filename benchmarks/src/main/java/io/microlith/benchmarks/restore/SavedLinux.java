// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.restore;

import io.microlith.board.PcBoard;
import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.linux.PosixIo;
import io.microlith.snapshot.Recording;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.Snapshot;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A VMM for Linux as an embedder would write it, on the board that QEMU's microvm is like. Its first argument says what
 * it does, then comes the snapshot's directory, and last {@linkplain DeviceRequest devices}.
 *
 * <ul>
 *   <li>{@code save DIRECTORY KERNEL INITRD MEBIBYTES COMMAND-LINE DEVICE...}: runs a guest until it waits for input,
 *       and saves it
 *   <li>{@code record DIRECTORY DEVICE...}: finds out what the guest wants to answer a line, beside what is known
 *   <li>{@code train DIRECTORY DEVICE...}: makes the guest by mapping its memory, and then does as {@code restore}; so
 *       a JVM that learns what is needed learns both ways, if nothing is in the page cache
 *   <li>{@code restore DIRECTORY DEVICE...}: says {@code vmm.ready}, waits for a byte, and goes on with the guest,
 *       whose console is the process's own
 * </ul>
 */
final class SavedLinux {
    private static final String WAITING = "guest.echo=ready";
    private static final String ANSWER = "echo: ";

    private SavedLinux() {}

    /** Does what the first argument says. */
    public static void main(String[] args) {
        Path directory = Path.of(args[1]);
        try (Hypervisor hypervisor = Hypervisor.open()) {
            switch (args[0]) {
                case "save" -> save(builder(hypervisor, args, 6), args, directory);
                case "record" -> record(builder(hypervisor, args, 2), Snapshot.open(directory));
                case "train" -> {
                    map(builder(hypervisor, args, 2), Snapshot.open(directory));
                    restore(builder(hypervisor, args, 2), directory);
                }
                default -> restore(builder(hypervisor, args, 2), directory);
            }
        }
    }

    private static VmBuilder builder(Hypervisor hypervisor, String[] args, int firstDevice) {
        VmBuilder builder = VmBuilder.on(hypervisor).board(PcBoard.lean());
        for (int i = firstDevice; i < args.length; i++) {
            builder.device(DeviceRequest.parse(args[i]));
        }
        return builder;
    }

    private static void save(VmBuilder builder, String[] args, Path directory) {
        Expected waiting = new Expected(WAITING);
        try (Vm vm = builder.memory(Size.mebibytes(Integer.parseInt(args[4])))
                .pages(PageBacking.SMALL)
                .boot(LinuxBoot.kernel(Path.of(args[2]))
                        .initrd(Path.of(args[3]))
                        .commandLine(args[5]))
                .device(Serial.console(PosixIo.STDIN, waiting))
                .build()) {
            vm.start();
            waiting.await(vm);
            try (FrozenVm still = vm.freeze()) {
                Snapshot.write(still, directory);
            }
        }
    }

    private static void record(VmBuilder builder, Snapshot saved) {
        Recording recording =
                saved.hasWorkingSet() ? Recording.from(saved, RestoreStrategy.PREFETCH) : new Recording(saved);
        Expected answer = new Expected(ANSWER);
        try (Vm vm = builder.restore(saved.restoration(recording))
                .device(Serial.console(PosixIo.STDIN, answer))
                .build()) {
            vm.start();
            answer.await(vm);
            recording.save();
        }
    }

    private static void map(VmBuilder builder, Snapshot saved) {
        builder.restore(saved.restoration(RestoreStrategy.MAPPED))
                .device(Serial.to(OutputStream.nullOutputStream()))
                .build()
                .close();
    }

    private static void restore(VmBuilder builder, Path directory) {
        System.out.println("vmm.ready");
        System.out.flush();
        // No more than that byte: what comes after it is the guest's.
        if (PosixIo.read(PosixIo.STDIN, new byte[1], 0, 1) != 1) {
            return;
        }
        try (Vm vm = builder.restore(Snapshot.open(directory).restoration(RestoreStrategy.BEST))
                .device(Serial.console(PosixIo.STDIN, System.out))
                .build()) {
            System.exit(vm.run().exitStatus());
        }
    }

    /** Passes on what a guest writes, and sees when it was a text. */
    private static final class Expected extends OutputStream {
        private final String text;
        private final StringBuilder seen = new StringBuilder();
        private final CompletableFuture<Boolean> found = new CompletableFuture<>();

        Expected(String text) {
            this.text = text;
        }

        @Override
        public synchronized void write(int character) {
            System.out.write(character);
            seen.append((char) character);
            if (seen.length() > text.length()) {
                seen.deleteCharAt(0);
            }
            if (seen.toString().equals(text)) {
                found.complete(true);
            }
        }

        @Override
        public void flush() {
            System.out.flush();
        }

        void await(Vm vm) {
            var _ = CompletableFuture.anyOf(found, vm.outcome().toCompletableFuture())
                    .join();
            if (!found.isDone()) {
                throw new IllegalStateException("the guest ended before it had written " + text);
            }
        }
    }
}
