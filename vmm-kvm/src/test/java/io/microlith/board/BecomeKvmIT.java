// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.KvmHypervisor;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.memory.MemoryLayer;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.PrivateMemory;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Machines that are forked, become what others were, and are as they were again, while their guests run. */
@RequiresKvm
class BecomeKvmIT {
    private static final long COUNT = 0x20_0000;
    private static final int PORT = 0xe00;

    private KvmHypervisor kvm;

    @BeforeEach
    void open() {
        kvm = KvmHypervisor.open();
    }

    @AfterEach
    void close() {
        kvm.close();
    }

    /** Counts in memory, and says the number. */
    // 48 ff 04 25 00 00 20 00  incq 0x200000
    // 8b 04 25 00 00 20 00     mov 0x200000,%eax
    // ba 00 0e 00 00           mov $0xe00,%edx
    // ef                       out %eax,(%dx)
    // eb e9                    jmp to the beginning
    private static final UserCode COUNTER =
            new UserCode("48ff042500002000" + "8b042500002000" + "ba000e0000" + "ef" + "ebe9");

    /** Holds each number against the one before. */
    private static final class Listener implements PioDevice {
        private volatile int first;
        private volatile int last;
        private final AtomicInteger breaks = new AtomicInteger();

        @Override
        public int read(int offset, int size) {
            return 0;
        }

        @Override
        public void write(int offset, int size, int value) {
            if (first == 0) {
                first = value;
            } else if (value != last + 1) {
                breaks.incrementAndGet();
            }
            last = value;
        }

        /** Before the machine goes on from elsewhere. */
        void forget() {
            first = 0;
        }

        void await(int numbers) {
            while (first == 0 || last - first < numbers) {
                LockSupport.parkNanos(100_000);
            }
        }
    }

    private record Saved(VmConfig config, MachineState state, MemoryLayer content)
            implements Restoration, AutoCloseable {
        static Saved of(Vm vm) {
            try (FrozenVm frozen = vm.freeze()) {
                return new Saved(vm.config(), frozen.save(), frozen.layer());
            }
        }

        /** The number its guest has said, or is about to. */
        int number() {
            try (PrivateMemory look = PrivateMemory.on(content)) {
                return look.memory().getInt(COUNT);
            }
        }

        @Override
        public MemorySource memory(List<AddressRange> ranges) {
            return (_, _, _) -> PrivateMemory.on(content);
        }

        @Override
        public Optional<MemoryLayer> layer() {
            return Optional.of(content.share());
        }

        @Override
        public void close() {
            content.close();
        }
    }

    private VmBuilder builder(Listener listener, PcBoard board) {
        return VmBuilder.on(kvm)
                .board(board)
                .memory(Size.mebibytes(16))
                .pages(PageBacking.PRIVATE)
                .pio(PORT, 4, listener);
    }

    private static void become(Vm vm, Listener listener, Saved saved) {
        try (FrozenVm frozen = vm.freeze()) {
            frozen.become(saved);
            listener.forget();
        }
    }

    private static void assertGoesOnFrom(int number, Listener listener) {
        listener.await(50);
        assertThat(listener.first).isBetween(number, number + 1);
        assertThat(listener.breaks).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lean", "standard"})
    void forkedAttachedAndReset_eachGuestCountsOn(String kind) {
        PcBoard board = kind.equals("lean") ? PcBoard.lean() : new PcBoard();
        Listener parentSays = new Listener();
        List<Vm> machines = new ArrayList<>();
        try (Vm parent = builder(parentSays, board).boot(COUNTER).build()) {
            parent.start();
            parentSays.await(100);
            try (Saved saved = Saved.of(parent)) {
                int number = saved.number();
                for (int i = 0; i < 2; i++) {
                    Listener childSays = new Listener();
                    Vm child = builder(childSays, board).build();
                    machines.add(child);
                    become(child, childSays, saved);
                    child.start();
                    assertGoesOnFrom(number, childSays);
                    for (int again = 0; again < 3; again++) {
                        become(child, childSays, saved);
                        assertGoesOnFrom(number, childSays);
                    }
                    assertGrandchildGoesOn(child, childSays, board);
                }
                parentSays.await(1000);
                assertThat(parentSays.breaks).hasValue(0);
                assertThat(parent.memory().getInt(COUNT)).isGreaterThan(number);
            }
        } finally {
            machines.forEach(Vm::close);
        }
    }

    private void assertGrandchildGoesOn(Vm child, Listener childSays, PcBoard board) {
        Listener says = new Listener();
        try (Saved saved = Saved.of(child);
                Vm grandchild = builder(says, board).build()) {
            become(grandchild, says, saved);
            grandchild.start();
            assertGoesOnFrom(saved.number(), says);
        }
        childSays.await(childSays.last - childSays.first + 50);
        assertThat(childSays.breaks).hasValue(0);
    }
}
