// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.state.MachineState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A machine that was saved, some of whose memory is there before it is wanted. Says that it took its time to open it
 * and to have that.
 *
 * @param told counts how often its memory was told that the guest has responded
 */
record PrefetchedMachine(VmConfig config, MachineState state, AtomicInteger told) implements Restoration {
    static final Duration OPEN = Duration.ofMillis(3);
    static final Duration WORKING_SET = Duration.ofMillis(7);
    static final AddressRange WANTED = new AddressRange(0x3000, 0x2000);

    /** Builds a machine, saves it as it begins, and closes it. */
    static PrefetchedMachine of(VmBuilder builder, AtomicInteger told) {
        try (Vm vm = builder.build()) {
            vm.start();
            try (FrozenVm frozen = vm.freeze()) {
                return new PrefetchedMachine(vm.config(), frozen.save(), told);
            }
        }
    }

    @Override
    public Duration opened() {
        return OPEN;
    }

    @Override
    public MemorySource memory(List<AddressRange> ranges) {
        return (name, where, backing) -> new Prefetched(MappedMemory.map(name, where, backing), told);
    }

    private record Prefetched(MachineMemory of, AtomicInteger told) implements MachineMemory {
        @Override
        public GuestMemory memory() {
            return of.memory();
        }

        @Override
        public void responded() {
            told.incrementAndGet();
        }

        @Override
        public Optional<Duration> workingSet() {
            return Optional.of(WORKING_SET);
        }

        @Override
        public List<AddressRange> prefetched() {
            return List.of(WANTED);
        }

        @Override
        public void close() {
            of.close();
        }
    }
}
