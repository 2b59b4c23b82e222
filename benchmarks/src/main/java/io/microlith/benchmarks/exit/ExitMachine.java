// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.exit;

import io.microlith.benchmarks.guest.GuestProgram;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Size;

/**
 * A running machine as an embedder builds it, whose guest makes exits in batches. For one thread, which starts and
 * closes it.
 */
public final class ExitMachine implements AutoCloseable {
    private static final long PAGE = 4096;

    private final ControlDevice control = new ControlDevice();
    private final CountingDevice counter = new CountingDevice();
    private final Vm vm;

    /**
     * Builds and starts a machine.
     *
     * @param processor the host processor its vCPU is tied to
     */
    public ExitMachine(Hypervisor hypervisor, int processor) {
        vm = VmBuilder.on(hypervisor)
                .id("exits")
                .memory(Size.mebibytes(128))
                .pin(processor)
                .boot(GuestProgram.exits())
                .pio(GuestProgram.CONTROL_PORT, GuestProgram.CONTROL_PORTS, control)
                .pio(GuestProgram.PORT, 1, counter)
                .mmio(GuestProgram.MEMORY, PAGE, counter)
                .build();
        vm.start();
    }

    /** Has the guest make exits of one kind, and waits until it has. */
    public BatchCost run(ExitKind kind, int count) {
        return control.run(kind, count);
    }

    /** The exits to the device under measurement so far. */
    public long exits() {
        return counter.writes();
    }

    @Override
    public void close() {
        control.stop();
        vm.close();
    }
}
