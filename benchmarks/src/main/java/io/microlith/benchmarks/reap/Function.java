// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.reap;

import io.microlith.benchmarks.guest.GuestProgram;
import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.snapshot.Recording;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.Snapshot;
import io.microlith.snapshot.WorkingSet;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A function in a snapshot that waits for its input: one of two tasks, of which the first was recorded. For one thread.
 */
final class Function implements AutoCloseable {
    private static final int MEBIBYTES = 256;
    private static final int PAGE = 4096;
    private static final long TASK = 4 << 20;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Hypervisor hypervisor;
    private final int processor;
    private final TouchTask recorded;
    private final TouchTask invoked;
    private final Path directory;

    /**
     * Makes the snapshot, and records a first invocation.
     *
     * @param mebibytes its working set
     * @param changed the part of it that another input has otherwise
     * @param rounds how long it computes
     */
    Function(Hypervisor hypervisor, BenchSettings settings, int mebibytes, double changed, int rounds) {
        this.hypervisor = hypervisor;
        processor = settings.processor();
        directory = settings.directory().resolve("reap.snapshot");
        close();
        SplittableRandom random = new SplittableRandom(mebibytes);
        recorded = TouchTask.scattered(mebibytes, random);
        invoked = recorded.changed(changed, random);
        save(rounds);
        Recording recording = new Recording(Snapshot.open(directory));
        var _ = run(recording, recorded, TASK, recording::save);
    }

    private void save(int rounds) {
        TaskDevice device = new TaskDevice();
        try (Vm vm = builder(device)
                .memory(Size.mebibytes(MEBIBYTES))
                .boot(GuestProgram.touches())
                .build()) {
            vm.start();
            device.awaitQuestion();
            try (FrozenVm frozen = vm.freeze()) {
                fill(frozen.memory());
                recorded.write(frozen.memory(), TASK, rounds);
                invoked.write(frozen.memory(), second(), rounds);
                var _ = Snapshot.write(frozen, directory);
            }
        }
    }

    private long second() {
        return TASK + recorded.size() + PAGE - 1 & -PAGE;
    }

    /** Each page gets a word that tells it from others, and no page is of zeros. */
    private static void fill(GuestMemory memory) {
        for (int page = (8 << 20) / PAGE; page < (MEBIBYTES << 20) / PAGE; page++) {
            memory.putInt((long) page * PAGE, TouchTask.word(page));
        }
    }

    private VmBuilder builder(TaskDevice device) {
        return VmBuilder.on(hypervisor)
                .pin(processor)
                .pio(GuestProgram.CONTROL_PORT, GuestProgram.CONTROL_PORTS, device);
    }

    /** Has the kernel forget what it has of the files. */
    void dropCache() {
        drop(Snapshot.MEMORY_FILE);
        drop(WorkingSet.FILE);
    }

    /** Invokes it, from the snapshot to the answer: how many milliseconds that takes. */
    double invoke(RestoreStrategy strategy) {
        return run(strategy, invoked, second(), () -> {});
    }

    private double run(RestoreStrategy strategy, TouchTask task, long gpa, Runnable afterAnswer) {
        TaskDevice device = new TaskDevice(gpa);
        long started = System.nanoTime();
        try (Vm vm = builder(device)
                .restore(Snapshot.open(directory).restoration(strategy))
                .build()) {
            vm.start();
            long ended = device.awaitAnswer();
            if (device.answer() != task.answer()) {
                throw new BenchException("the function answered " + device.answer() + " and not " + task.answer());
            }
            afterAnswer.run();
            return (ended - started) / NANOS_PER_MILLI;
        }
    }

    private void drop(String name) {
        try (Fd file = Fd.open(directory.resolve(name), Fd.O_RDONLY)) {
            int result = PosixIo.dropCache(file);
            if (result < 0) {
                throw new BenchException("the page cache of " + name + " cannot be dropped: " + -result);
            }
        }
    }

    /** Removes the snapshot. */
    @Override
    public void close() {
        try {
            for (String name : new String[] {Snapshot.STATE_FILE, Snapshot.MEMORY_FILE, WorkingSet.FILE}) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new BenchException(directory + " cannot be removed", e);
        }
    }
}
