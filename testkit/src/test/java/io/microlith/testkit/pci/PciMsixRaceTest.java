// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit.pci;

import static io.microlith.testkit.pci.PciMachine.ENABLE;
import static io.microlith.testkit.pci.PciMachine.FUNCTION_MASK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device that signals on a thread of its own while the driver masks and unmasks. */
// Who waits lets the other run, on a machine with one processor to spare.
@SuppressWarnings("ThreadPriorityCheck")
@Timeout(60)
class PciMsixRaceTest {
    private static final int VECTORS = 3;
    private static final long LONG_ENOUGH = 300_000_000;
    private static final long ONE = 0xfee0_1000L;
    private static final long OTHER = 0xfee0_2000L;

    /** After which a message is lost. */
    private static final long TOO_LONG = 10_000_000_000L;

    private final PciMachine machine = new PciMachine();

    @AfterEach
    void close() {
        machine.close();
    }

    /** Signals over and over while the driver does something over and over. Each signal has to come through. */
    private void signalWhile(Consumer<Integer> driver) throws InterruptedException {
        machine.control(ENABLE);
        for (int vector = 0; vector < VECTORS; vector++) {
            machine.program(vector, ONE, 0x41);
        }
        AtomicBoolean over = new AtomicBoolean();
        Thread driving = Thread.ofPlatform().name("driver").start(() -> {
            for (int i = 0; !over.get(); i++) {
                driver.accept(i);
            }
        });
        try {
            long begin = System.nanoTime();
            for (int i = 0; System.nanoTime() - begin < LONG_ENOUGH; i++) {
                int vector = i % VECTORS;
                int before = count(vector);
                machine.msix.signal(vector);
                awaitMessage(vector, before, i);
            }
        } finally {
            over.set(true);
            driving.join();
        }
        assertThat(machine.pending()).isZero();
    }

    private int count(int vector) {
        return machine.context.msiRoutes().get(vector).count();
    }

    private void awaitMessage(int vector, int before, int signal) {
        long begin = System.nanoTime();
        while (count(vector) == before) {
            assertThat(System.nanoTime() - begin)
                    .as("no message came for signal %s, of vector %s", signal, vector)
                    .isLessThan(TOO_LONG);
            Thread.yield();
        }
    }

    @Test
    void signal_vectorMaskedMeanwhile_isSentNowOrAtUnmask() throws InterruptedException {
        signalWhile(i -> {
            machine.mask(i % VECTORS, 1);
            machine.mask(i % VECTORS, 0);
        });
    }

    @Test
    void signal_functionMaskedMeanwhile_isSentNowOrAtUnmask() throws InterruptedException {
        signalWhile(_ -> {
            machine.control(ENABLE | FUNCTION_MASK);
            machine.control(ENABLE);
        });
    }

    @Test
    void signal_noBusMasterMeanwhile_isSentNowOrLater() throws InterruptedException {
        signalWhile(_ -> {
            machine.command(2);
            machine.command(6);
        });
    }

    @Test
    void signal_pendingBitsReadOrSavedMeanwhile_isSent() throws InterruptedException {
        signalWhile(i -> {
            machine.mask(i % VECTORS, 1);
            assertThat(machine.pending()).isBetween(0L, 7L);
            assertThat(machine.msix.save()).isNotNull();
            machine.mask(i % VECTORS, 0);
        });
    }

    @Test
    void signal_messageChangedWhileMasked_isOneOrTheOther() throws InterruptedException {
        signalWhile(i -> {
            boolean one = i / VECTORS % 2 == 0;
            machine.mask(i % VECTORS, 1);
            machine.program(i % VECTORS, one ? OTHER : ONE, one ? 0x42 : 0x41);
        });
        for (int vector = 0; vector < VECTORS; vector++) {
            assertThat(machine.messages(vector)).isSubsetOf(List.of("0xfee01000:0x41", "0xfee02000:0x42"));
        }
    }
}
