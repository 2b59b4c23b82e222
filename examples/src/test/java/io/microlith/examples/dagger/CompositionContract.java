// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeExit;
import io.microlith.testkit.FakeGuest;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.Board;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a VM is, and which mistakes are found, however it was composed. */
abstract class CompositionContract {
    private static final FakeExit END = FakeExit.of(ExitReason.TRIPLE_FAULT);

    final FakeHypervisor hypervisor = FakeHypervisor.with();
    private final List<VmState> states = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final VmListener listener = new VmListener() {
        @Override
        public void onState(VmState state) {
            states.add(state);
            if (state == VmState.CLOSED) {
                closed.countDown();
            }
        }
    };

    /** Composes all of a recipe. */
    abstract Vm compose(Recipe recipe, Board board);

    /** Composes a VM of a recipe's configuration alone. */
    abstract Vm composeBare(Recipe recipe, Board board);

    private Recipe recipe(FakeExit... program) {
        return new Recipe(FakeGuest.of(program), listener);
    }

    private Vm compose(Recipe recipe) {
        return compose(recipe, new FakeBoard());
    }

    private void assertRefused(Recipe recipe, String setting, String problem) {
        assertThatThrownBy(() -> compose(recipe).close()).isInstanceOfSatisfying(ConfigException.class, e -> {
            assertThat(e.setting()).isEqualTo(setting);
            assertThat(e.getMessage()).contains(problem).doesNotContain("\n");
        });
        hypervisor.assertClean();
    }

    @Test
    void compose_everything_runsAndIsHeard() throws InterruptedException {
        Answer answer = new Answer();
        Recipe recipe = recipe(FakeExit.in(0x80, 1), FakeExit.load(0x9000_0000L, 4), END)
                .config(Size.mebibytes(2), 3)
                .pio(0x80, 1, answer)
                .mmio(0x9000_0000L, 4, answer);
        try (Vm vm = compose(recipe)) {
            assertThat(vm.config()).isEqualTo(recipe.config);
            assertThat(vm.memory().size()).isEqualTo(2 << 20);
            assertThat(vm.run()).isInstanceOf(VmOutcome.TripleFault.class);
            assertThat(hypervisor.vm().vcpus()).hasSize(3);
            assertThat(hypervisor.vm().vcpu(0).answers()).containsExactly(7L, 8L);
        }
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(states).containsExactly(VmState.RUNNING, VmState.ENDED, VmState.CLOSED);
        hypervisor.assertClean();
    }

    @Test
    void composeBare_noBootAndNobodyListens_runs() {
        try (Vm vm = composeBare(recipe(), new FakeBoard())) {
            vm.start();
            hypervisor.vm().vcpu(0).inject(END);
            assertThat(vm.outcome().toCompletableFuture().join()).isInstanceOf(VmOutcome.TripleFault.class);
            assertThat(vm.devices()).isEmpty();
        }
        assertThat(states).isEmpty();
        hypervisor.assertClean();
    }

    @Test
    void compose_devicesInAnyOrder_getAddressesInTheOrderOfTheirNames() {
        Recipe recipe = recipe().device(WindowFactory.window("z"))
                .device(WindowFactory.window("a"))
                .device(WindowFactory.window("z"))
                .device(WindowFactory.window("m"));
        try (Vm vm = compose(recipe)) {
            assertThat(vm.devices())
                    .map(Object::toString)
                    .containsExactly(
                            "a0 0xd0000000-0xd0000fff 16",
                            "m0 0xd0001000-0xd0001fff 17",
                            "z0 0xd0002000-0xd0002fff 18",
                            "z1 0xd0003000-0xd0003fff 19");
        }
    }

    @Test
    void compose_requestedByName_comeAfterThoseOfTheirType() {
        Recipe recipe =
                recipe().extra("serial,output=none").extra("serial,output=none").device(WindowFactory.window("a"));
        try (Vm vm = compose(recipe)) {
            assertThat(vm.devices()).map(device -> device.id().toString()).containsExactly("a0", "serial0", "serial1");
            assertThat(vm.pio().ranges()).map(Object::toString).containsExactly("0x2f8-0x2ff", "0x3f8-0x3ff");
        }
    }

    @Test
    void compose_typeThatNobodyProvides_isRefused() {
        assertRefused(recipe().extra("no-such,x=1"), "device", "no provider of type 'no-such'");
    }

    @Test
    void compose_optionUnknown_isRefused() {
        assertRefused(recipe().extra("serial,colour=red"), "serial.colour", "no such option");
    }

    @Test
    void compose_typeUnfitForAName_isRefused() {
        assertRefused(recipe().device(WindowFactory.window("Not-A-Type")), "device", "'Not-A-Type'");
    }

    @Test
    void compose_handlersOverlap_isRefused() {
        assertRefused(recipe().pio(0x80, 2, new Answer()).pio(0x81, 2, new Answer()), "pio", "overlaps");
        assertRefused(recipe().mmio(0x1000, 8, new Answer()).mmio(0x1000, 8, new Answer()), "mmio", "overlaps");
    }

    @Test
    void compose_portBeyondTheLast_isRefused() {
        assertRefused(recipe().pio(0xffff, 2, new Answer()), "pio", "beyond the last port");
    }

    @Test
    void compose_deviceOverAHandler_isRefused() {
        assertRefused(
                recipe().extra("serial,output=none,port=com1").pio(0x3ff, 1, new Answer()),
                "pio",
                "0x3f8-0x3ff of serial0 overlaps");
    }

    @Test
    void compose_tooManyVcpus_isRefused() {
        assertRefused(recipe().config(Size.mebibytes(1), 17), "vcpus", "17 is too many");
    }

    @Test
    void compose_memoryBeyondTheHost_isRefused() {
        assertRefused(recipe().config(Size.gibibytes(1 << 20), 1), "memory", "more than the");
    }

    @Test
    void compose_bootOfAnotherBoard_isRefused() {
        assertRefused(new Recipe(() -> "a tape", listener), "boot", "a tape");
    }

    private static final class Answer implements PioDevice, MmioDevice {
        @Override
        public int read(int offset, int size) {
            return 7;
        }

        @Override
        public void write(int offset, int size, int value) {}

        @Override
        public long read(long offset, int size) {
            return 8;
        }

        @Override
        public void write(long offset, int size, long value) {}
    }
}
