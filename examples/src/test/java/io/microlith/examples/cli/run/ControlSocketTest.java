// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.examples.cli.command.CommandException;
import io.microlith.examples.cli.command.ControlClient;
import io.microlith.snapshot.Snapshot;
import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.virtio.balloon.Balloon;
import io.microlith.virtio.balloon.BalloonControl;
import io.microlith.vmm.Capability;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What other programs may ask of a VM, and what they hear. */
class ControlSocketTest {
    @TempDir
    private Path directory;

    private final BalloonControl control = new BalloonControl();

    private Path socket() {
        return directory.resolve("control");
    }

    private String ask(String request) {
        return new ControlClient(socket()).ask(request + "\n", "not done");
    }

    private void assertRefused(String request, String reason) {
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> ask(request))
                .withMessageStartingWith("not done: ")
                .withMessageContaining(reason);
    }

    private static VmBuilder builder() {
        return VmBuilder.on(FakeHypervisor.with(Capability.values()))
                .board(new FakeBoard())
                .memory(Size.mebibytes(4));
    }

    private Vm vm() {
        return builder().device(Balloon.of(control)).build();
    }

    @Test
    void balloon_guestHasOne_saysSizeAndTarget() {
        try (Vm vm = vm();
                ControlSocket _ = ControlSocket.open(socket(), vm)) {
            control.setTarget(Size.mebibytes(1));

            assertThat(ask("balloon")).isEqualTo("size 0 target 1048576");
        }
    }

    @Test
    void target_number_isTheBalloons() {
        try (Vm vm = vm();
                ControlSocket _ = ControlSocket.open(socket(), vm)) {
            assertThat(ask("target 2097152")).isEqualTo("target 2097152");
            assertThat(control.target()).isEqualTo(Size.mebibytes(2));
        }
    }

    @Test
    void target_balloonMadeByName_isReached() {
        try (Vm vm = builder()
                        .device(DeviceRequest.parse("rng"))
                        .device(DeviceRequest.parse("balloon,target=4096"))
                        .build();
                ControlSocket _ = ControlSocket.open(socket(), vm)) {
            assertThat(ask("target 8192")).isEqualTo("target 8192");
            assertThat(ask("balloon")).isEqualTo("size 0 target 8192");
        }
    }

    /** It does nothing more that its disk would have, and the snapshot not. */
    @Test
    void suspend_guest_isSavedAndStopped() {
        Path saved = directory.resolve("saved");
        try (Vm vm = vm();
                ControlSocket _ = ControlSocket.open(socket(), vm)) {
            vm.start();
            assertRefused("suspend " + directory, "there is something of this name");
            assertThat(vm.state()).isEqualTo(VmState.RUNNING);
            String id = ask("suspend " + saved);
            assertThat(vm.outcome().toCompletableFuture().join()).isEqualTo(new VmOutcome.Stopped());
            assertThat(Snapshot.open(saved).id()).hasToString(id);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "target | '' is no number of bytes",
                "target 1M | '1M' is no number of bytes",
                "target -1 | '-1' is no number of bytes",
                "target 18446744073709551615 | is no number of bytes",
                "target 4198400 | 4100 KiB is more than the guest's memory, 4 MiB",
                "hint | the guest gives no hints",
                "inflate | no such request"
            })
    void request_wrong_isRefusedAndTheNextOneServed(String request, String reason) {
        try (Vm vm = vm();
                ControlSocket _ = ControlSocket.open(socket(), vm)) {
            assertRefused(request, reason);
            assertThat(ask("balloon")).isEqualTo("size 0 target 0");
        }
    }

    @Test
    void request_endless_isRefusedAndTheNextOneServed() {
        try (Vm vm = vm();
                ControlSocket _ = ControlSocket.open(socket(), vm)) {
            assertRefused("snapshot " + "x".repeat(17_000), "more than 16384 bytes are asked");
            assertThat(ask("balloon")).isEqualTo("size 0 target 0");
        }
    }

    @Test
    void balloon_guestHasNone_isRefused() {
        try (Vm vm = builder().build();
                ControlSocket _ = ControlSocket.open(socket(), vm)) {
            assertRefused("balloon", "the guest has none");
            assertRefused("target 0", "the guest has none");
            assertRefused("hint", "the guest has none");
        }
    }

    @Test
    void balloon_vmHasEnded_isRefused() {
        try (Vm vm = vm();
                ControlSocket _ = ControlSocket.open(socket(), vm)) {
            vm.stop();

            assertRefused("balloon", "the machine has ended");
        }
    }

    @Test
    void close_socket_isGone() {
        try (Vm vm = vm()) {
            ControlSocket.open(socket(), vm).close();
        }

        assertThat(socket()).doesNotExist();
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> ask("balloon"))
                .withMessageContaining("cannot be reached");
    }
}
