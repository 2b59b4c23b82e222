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
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A VMM for Linux as an embedder would write it, on the board that QEMU's microvm is like. Its first argument says what
 * it does; the last one is the snapshot's directory.
 *
 * <ul>
 *   <li>{@code save KERNEL INITRD MEBIBYTES COMMAND-LINE DIRECTORY}: runs a guest until it waits for input, and saves
 *       it
 *   <li>{@code record DIRECTORY}: finds out what the guest wants to answer a line
 *   <li>{@code restore DIRECTORY}: says {@code vmm.ready}, waits for a byte, and goes on with the guest, whose console
 *       is the process's own
 * </ul>
 */
final class SavedLinux {
    private static final String WAITING = "guest.echo=ready";
    private static final String ANSWER = "echo: ";

    private SavedLinux() {}

    /** Does what the first argument says. */
    public static void main(String[] args) {
        try (Hypervisor hypervisor = Hypervisor.open()) {
            Path directory = Path.of(args[args.length - 1]);
            switch (args[0]) {
                case "save" -> save(hypervisor, args, directory);
                case "record" -> record(hypervisor, Snapshot.open(directory));
                default -> restore(hypervisor, directory);
            }
        }
    }

    private static VmBuilder builder(Hypervisor hypervisor) {
        return VmBuilder.on(hypervisor).board(PcBoard.lean());
    }

    private static void save(Hypervisor hypervisor, String[] args, Path directory) {
        Expected waiting = new Expected(WAITING);
        try (Vm vm = builder(hypervisor)
                .memory(Size.mebibytes(Integer.parseInt(args[3])))
                .pages(PageBacking.SMALL)
                .boot(LinuxBoot.kernel(Path.of(args[1]))
                        .initrd(Path.of(args[2]))
                        .commandLine(args[4]))
                .device(Serial.console(PosixIo.STDIN, waiting))
                .build()) {
            vm.start();
            waiting.await(vm);
            try (FrozenVm still = vm.freeze()) {
                Snapshot.write(still, directory);
            }
        }
    }

    private static void record(Hypervisor hypervisor, Snapshot saved) {
        Recording recording = new Recording(saved);
        Expected answer = new Expected(ANSWER);
        try (Vm vm = builder(hypervisor)
                .restore(saved.restoration(recording))
                .device(Serial.console(PosixIo.STDIN, answer))
                .build()) {
            vm.start();
            answer.await(vm);
            recording.save();
        }
    }

    private static void restore(Hypervisor hypervisor, Path directory) {
        System.out.println("vmm.ready");
        System.out.flush();
        // No more than that byte: what comes after it is the guest's.
        if (PosixIo.read(PosixIo.STDIN, new byte[1], 0, 1) != 1) {
            return;
        }
        try (Vm vm = builder(hypervisor)
                .restore(Snapshot.open(directory).restoration(RestoreStrategy.BEST))
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
