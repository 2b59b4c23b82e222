// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.hello;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.board.PcBoard;
import io.microlith.board.legacy.Serial;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.Snapshot;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.Size;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built-in guest, saved and restored in the middle of its computation. */
@RequiresKvm
class SavedHelloKvmIT {
    private static final long STEP_MILLIS = 20;
    private static final int MOST_STEPS = 20;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    private VmBuilder builder(Hypervisor kvm, PcBoard board) {
        return VmBuilder.on(kvm).board(board).device(Serial.to(output));
    }

    private Vm first(Hypervisor kvm) {
        return builder(kvm, new PcBoard())
                .memory(Size.mebibytes(32))
                .boot(new HelloGuest(HelloGuest.MAX_LIMIT, 7).image())
                .build();
    }

    @Test
    void restore_inTheMiddleOfAComputation_endsAsItWouldHave() throws Exception {
        try (Hypervisor kvm = Hypervisor.open()) {
            Vm vm = first(kvm);
            int saved = 0;
            VmOutcome outcome = null;
            while (outcome == null) {
                try (Vm running = vm) {
                    running.start();
                    if (saved == MOST_STEPS || endsSoon(running) || !isSaved(running, "s" + saved)) {
                        outcome = running.outcome().toCompletableFuture().get();
                    }
                }
                if (outcome == null) {
                    RestoreStrategy strategy = saved % 2 == 0 ? RestoreStrategy.MAPPED : RestoreStrategy.EAGER;
                    Snapshot snapshot = Snapshot.open(directory.resolve("s" + saved));
                    vm = builder(kvm, new PcBoard())
                            .restore(snapshot.restoration(strategy))
                            .build();
                    saved++;
                }
            }
            assertThat(saved).isPositive();
            assertThat(outcome).isEqualTo(new VmOutcome.Exited(7));
        }
        assertThat(output.toString(StandardCharsets.US_ASCII))
                .isEqualToNormalizingNewlines("Hello from a guest in ring 3.\nPrimes below 16000000: 1031130.\n");
    }

    /** Saves it, unless it ends before. */
    private boolean isSaved(Vm running, String name) {
        try (FrozenVm frozen = running.freeze()) {
            Snapshot.write(frozen, directory.resolve(name));
            running.interrupt();
            return true;
        } catch (IllegalStateException e) {
            assertThat(running.state()).isEqualTo(VmState.ENDED);
            return false;
        }
    }

    private static boolean endsSoon(Vm vm) throws InterruptedException, ExecutionException {
        CompletableFuture<VmOutcome> end = vm.outcome().toCompletableFuture();
        try {
            end.get(STEP_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    @Test
    void restore_boardWithLess_namesWhatIsThere() {
        try (Hypervisor kvm = Hypervisor.open()) {
            try (Vm vm = first(kvm)) {
                vm.start();
                assertThat(isSaved(vm, "one")).isTrue();
            }
            Snapshot snapshot = Snapshot.open(directory.resolve("one"));
            assertThatExceptionOfType(InvalidStateException.class)
                    .isThrownBy(() -> builder(kvm, PcBoard.lean())
                            .restore(snapshot.restoration(RestoreStrategy.MAPPED))
                            .build()
                            .close())
                    .withMessageContaining("not configured");
        }
    }
}
