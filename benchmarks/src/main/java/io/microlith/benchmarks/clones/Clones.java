// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.clones;

import io.microlith.benchmarks.guest.GuestProgram;
import io.microlith.benchmarks.guest.Moment;
import io.microlith.board.PcBoard;
import io.microlith.snapshot.VmTemplate;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;

/** A template, machines of it, and how long they take. Times are in microseconds. For one thread. */
final class Clones implements AutoCloseable {
    private static final int MEBIBYTES = 128;
    private static final int PAGE = 4096;

    /** What the template has in memory. */
    private static final int CONTENT_PAGES = 8192;

    private static final long CONTENT = 32L << 20;

    /** What is changed: 1 MiB, in runs of four pages over 32 MiB. */
    private static final int CHANGED_PAGES = 256;

    private static final int RUN = 4;
    private static final long RUN_DISTANCE = 512L << 10;

    private static final double NANOS_PER_MICRO = 1e3;

    private final Hypervisor hypervisor;
    private final int processor;
    private final VmTemplate template;
    private final Gate parentGate = new Gate();
    private final Vm parent;
    private final Gate resetGate = new Gate();
    private final Vm toReset;

    Clones(Hypervisor hypervisor, int processor) {
        this.hypervisor = hypervisor;
        this.processor = processor;
        template = template();
        parent = started(machine(parentGate).trackWrites(WriteTracking.RING).build(), parentGate);
        parentGate.close();
        toReset = started(machine(resetGate).trackWrites(WriteTracking.RING).build(), resetGate);
        resetGate.close();
    }

    private VmTemplate template() {
        Gate gate = new Gate();
        Moment asked = gate.arm();
        try (Vm vm = machine(gate).boot(GuestProgram.exits()).build()) {
            for (int page = 0; page < CONTENT_PAGES; page++) {
                vm.memory().putLong(CONTENT + (long) page * PAGE, page + 1);
            }
            vm.start();
            var _ = asked.await();
            try (FrozenVm still = vm.freeze()) {
                return VmTemplate.fork(still);
            }
        }
    }

    private VmBuilder machine(Gate gate) {
        return VmBuilder.on(hypervisor)
                .memory(Size.mebibytes(MEBIBYTES))
                .pages(PageBacking.PRIVATE)
                .board(PcBoard.lean())
                .pin(processor)
                .pio(GuestProgram.CONTROL_PORT, GuestProgram.CONTROL_PORTS, gate);
    }

    /** A machine in stock. */
    Vm shell(Gate gate) {
        return machine(gate).build();
    }

    /** Has a machine in stock run as a clone. */
    private Vm started(Vm vm, Gate gate) {
        template.attachTo(vm);
        Moment asked = gate.arm();
        vm.start();
        var _ = asked.await();
        return vm;
    }

    /** A clone that has run and does no more. */
    Vm idle() {
        Gate gate = new Gate();
        Vm vm = started(shell(gate), gate);
        gate.close();
        vm.pause();
        return vm;
    }

    double attach() {
        Gate gate = new Gate();
        gate.close();
        Moment asked = gate.arm();
        try (Vm vm = shell(gate)) {
            long begun = System.nanoTime();
            template.attachTo(vm);
            vm.start();
            return (asked.await() - begun) / NANOS_PER_MICRO;
        }
    }

    double fork() {
        change(parent.memory());
        Gate gate = new Gate();
        gate.close();
        Moment asked = gate.arm();
        try (Vm child = shell(gate)) {
            run(parentGate);
            long begun = System.nanoTime();
            VmTemplate forked;
            try (FrozenVm still = parent.freeze()) {
                forked = VmTemplate.fork(still);
                parentGate.close();
            }
            try (forked) {
                forked.attachTo(child);
            }
            child.start();
            return (asked.await() - begun) / NANOS_PER_MICRO;
        }
    }

    double reset() {
        change(toReset.memory());
        run(resetGate);
        long begun = System.nanoTime();
        Moment asked;
        try (FrozenVm still = toReset.freeze()) {
            still.become(template);
            asked = resetGate.arm();
            resetGate.close();
        }
        return (asked.await() - begun) / NANOS_PER_MICRO;
    }

    private static void run(Gate gate) {
        gate.open();
        var _ = gate.arm().await();
    }

    private static void change(GuestMemory memory) {
        for (int page = 0; page < CHANGED_PAGES; page++) {
            long run = CONTENT + page / RUN * RUN_DISTANCE;
            memory.putLong(run + (long) (page % RUN) * PAGE, -page);
        }
    }

    @Override
    public void close() {
        parent.close();
        toReset.close();
        template.close();
    }
}
