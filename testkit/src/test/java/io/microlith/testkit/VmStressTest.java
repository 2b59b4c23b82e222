// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.memory.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything at once, from several threads, for some seconds. The fakes watch over the contracts meanwhile. */
class VmStressTest {
    private static final int THREADS = 4;
    private static final FakeExit WRITE = FakeExit.out(ControlPort.PORT, 1, 0);
    private static final FakeExit UNMAPPED = FakeExit.load(0xdead_0000L, 4);

    private final FakeHypervisor hypervisor = FakeHypervisor.with();

    /** Hears states only, and whether calls overlap or come too late. */
    private static final class StateListener implements VmListener {
        final List<VmState> states = new ArrayList<>();
        final AtomicBoolean inside = new AtomicBoolean();
        final AtomicInteger overlaps = new AtomicInteger();
        final AtomicInteger resets = new AtomicInteger();
        final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public void onState(VmState state) {
            enter();
            states.add(state);
            inside.set(false);
            if (state == VmState.CLOSED) {
                closed.countDown();
            }
        }

        @Override
        public void onReset() {
            enter();
            resets.incrementAndGet();
            inside.set(false);
        }

        private void enter() {
            if (!inside.compareAndSet(false, true)) {
                overlaps.incrementAndGet();
            }
        }
    }

    /** Many short lives: each ends and leaves nothing, whoever did what to it and when. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void life_randomCallsFromAllSides_endsCleanly(long seed) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        Random random = new Random(seed);
        int lives = 0;
        while (System.nanoTime() < end || lives < 20) {
            live(random.nextLong());
            lives++;
        }
        hypervisor.assertClean();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(Thread::isAlive)
                .noneMatch(thread -> thread.getName().matches("stress-(vcpu.*|events)"));
    }

    private void live(long seed) throws Exception {
        Random random = new Random(seed);
        StateListener listener = new StateListener();
        ControlPort.Config device = ControlPort.Config.of(context -> {
            switch ((int) (System.nanoTime() >>> 4) & 0x3ff) {
                case 0 -> context.control().reset();
                case 1 -> context.eventLoop().execute(() -> context.control().reset());
                case 2 -> {
                    if (seed % 7 == 0) {
                        context.control().exit(7);
                    }
                }
                default -> {}
            }
        });
        int vcpus = 1 + random.nextInt(3);
        FakeGuest guest = FakeGuest.idle();
        for (int i = 0; i < vcpus; i++) {
            guest = random.nextInt(3) == 0 ? guest : guest.repeating(i, WRITE, UNMAPPED);
        }
        Vm vm = VmBuilder.on(hypervisor)
                .id("stress")
                .board(new FakeBoard())
                .memory(Size.mebibytes(1))
                .vcpus(vcpus)
                .boot(guest)
                .device(new ControlPort.Factory(), device)
                .listener(listener)
                .build();
        int calls = random.nextInt(60);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CyclicBarrier together = new CyclicBarrier(THREADS);
        List<Thread> threads = IntStream.range(0, THREADS)
                .mapToObj(number -> Thread.ofPlatform().start(() -> {
                    Random own = new Random(seed + number);
                    try {
                        together.await();
                        for (int i = 0; i < calls; i++) {
                            call(vm, own);
                        }
                        if (own.nextBoolean()) {
                            vm.close();
                        }
                    } catch (Exception | AssertionError e) {
                        failure.set(e);
                    }
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        vm.close();
        assertThat(failure.get()).as("seed %d", seed).isNull();
        VmOutcome outcome = vm.outcome().toCompletableFuture().get(1, TimeUnit.MINUTES);
        assertThat(outcome)
                .isInstanceOfAny(VmOutcome.Stopped.class, VmOutcome.Interrupted.class, VmOutcome.Exited.class);
        assertThat(hypervisor.violations()).as("seed %d", seed).isEmpty();
        assertThat(listener.closed.await(1, TimeUnit.MINUTES)).isTrue();
        assertLegal(listener);
        assertThat(device.log()).filteredOn("close"::equals).hasSize(1);
        assertThat(device.log()).last().isEqualTo("close");
    }

    private static void call(Vm vm, Random random) {
        switch (random.nextInt(40)) {
            case 0 -> vm.stop();
            case 1 -> vm.interrupt();
            case 2 -> {
                try {
                    vm.start();
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageMatching("VM stress (was started before|is closed)");
                }
            }
            case 3, 4, 5, 6, 7, 8 -> vm.reset();
            case 9, 10, 11, 12, 13, 14, 15, 16 -> vm.pause();
            case 17, 18, 19, 20, 21, 22, 23, 24 -> vm.resume();
            case 25 -> Thread.onSpinWait();
            default -> assertThat(vm.state()).isNotNull();
        }
        if (random.nextInt(8) == 0) {
            try {
                vm.start();
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageMatching("VM stress (was started before|is closed)");
            }
        }
    }

    private static void assertLegal(StateListener listener) {
        assertThat(listener.overlaps).hasValue(0);
        List<VmState> states = listener.states;
        assertThat(states).endsWith(VmState.ENDED, VmState.CLOSED);
        List<VmState> before = states.subList(0, states.size() - 2);
        for (int i = 0; i < before.size(); i++) {
            assertThat(before.get(i)).isEqualTo(i % 2 == 0 ? VmState.RUNNING : VmState.PAUSED);
        }
    }

    /** One thread pauses and looks; others reset and change the bus. While it is paused no guest code runs. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void pause_resetsAllTheTime_holdsUntilResume() throws Exception {
        FakeBoard board = new FakeBoard();
        CountDownLatch stop = new CountDownLatch(1);
        try (Vm vm = VmBuilder.on(hypervisor)
                .id("paused")
                .board(board)
                .memory(Size.mebibytes(1))
                .vcpus(3)
                .boot(FakeGuest.idle().repeating(0, UNMAPPED).repeating(1, UNMAPPED, WRITE))
                .device(new ControlPort.Factory(), ControlPort.Config.of(_ -> {}))
                .build()) {
            vm.start();
            Thread resetter = Thread.ofPlatform().start(() -> {
                while (stop.getCount() > 0) {
                    vm.reset();
                    Thread.onSpinWait();
                }
            });
            List<FakeVcpu> vcpus = hypervisor.vm().vcpus();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
            int rounds = 0;
            for (; System.nanoTime() < end || rounds < 20; rounds++) {
                vm.pause();
                long runs = runs(vcpus);
                assertThat(vm.state()).isEqualTo(VmState.PAUSED);
                assertThat(vcpus).noneMatch(FakeVcpu::isInGuest).allMatch(FakeVcpu::isComplete);
                for (int i = 0; i < 5_000; i++) {
                    Thread.onSpinWait();
                }
                assertThat(runs(vcpus)).isEqualTo(runs);
                vm.resume();
            }
            stop.countDown();
            resetter.join();
            long before = runs(vcpus);
            while (runs(vcpus) < before + 100) {
                Thread.onSpinWait();
            }
            assertThat(board.platform().powerOns()).isGreaterThan(1);
        }
        hypervisor.assertClean();
    }

    private static long runs(List<FakeVcpu> vcpus) {
        return vcpus.stream().mapToLong(FakeVcpu::runs).sum();
    }

    /** Interrupts from another thread at any moment of a busy life: at most one exit more is handled. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void interrupt_guestInATightLoop_isTheEnd() throws Exception {
        Random random = new Random(42);
        for (int i = 0; i < 300; i++) {
            AtomicBoolean interrupted = new AtomicBoolean();
            AtomicInteger after = new AtomicInteger();
            ControlPort.Config device = ControlPort.Config.of(_ -> {
                if (interrupted.get()) {
                    after.incrementAndGet();
                }
            });
            try (Vm vm = VmBuilder.on(hypervisor)
                    .board(new FakeBoard())
                    .memory(Size.mebibytes(1))
                    .boot(FakeGuest.idle().repeating(0, WRITE))
                    .device(new ControlPort.Factory(), device)
                    .build()) {
                vm.start();
                int spins = random.nextInt(20_000);
                for (int n = 0; n < spins; n++) {
                    Thread.onSpinWait();
                }
                vm.interrupt();
                interrupted.set(true);
                assertThat(vm.outcome().toCompletableFuture().get(1, TimeUnit.MINUTES))
                        .isEqualTo(new VmOutcome.Interrupted());
                assertThat(after.get()).isLessThanOrEqualTo(1);
            }
        }
        hypervisor.assertClean();
    }
}
