// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.examples.cli.command.CommandException;
import io.microlith.examples.cli.command.UsageException;
import io.microlith.examples.testkit.Capture;
import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.virtio.balloon.Balloon;
import io.microlith.virtio.balloon.BalloonControl;
import io.microlith.vmm.Capability;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code balloon}, against a VM of this process. */
class BalloonCommandTest {
    @TempDir
    private Path directory;

    private final BalloonControl control = new BalloonControl();
    private final Capture capture = new Capture();
    private Vm vm;
    private ControlSocket socket;

    @BeforeEach
    void open() {
        vm = VmBuilder.on(FakeHypervisor.with(Capability.values()))
                .board(new FakeBoard())
                .memory(Size.mebibytes(4))
                .device(Balloon.of(control))
                .build();
        socket = ControlSocket.open(directory.resolve("control"), vm);
    }

    @AfterEach
    void close() {
        socket.close();
        vm.close();
    }

    private int run(String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of(directory.resolve(name).toString()));
        arguments.addAll(List.of(options));
        return new BalloonCommand().run(arguments, capture.console());
    }

    @Test
    void run_noOption_printsALineForEachValue() {
        control.setTarget(Size.mebibytes(1));

        assertThat(run("control")).isZero();

        assertThat(capture.out()).isEqualToNormalizingNewlines("size 0\ntarget 1048576\n");
    }

    @Test
    void run_target_isTheBalloons() {
        assertThat(run("control", "--target", "2M")).isZero();

        assertThat(control.target()).isEqualTo(Size.mebibytes(2));
        assertThat(capture.out()).isEqualToNormalizingNewlines("target 2097152\n");
    }

    @Test
    void run_guestGivesNoHints_throwsOneLineAndLeavesTheTarget() {
        assertThatThrownBy(() -> run("control", "--target", "2M", "--hint"))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("the guest's balloon: the guest gives no hints")
                .hasMessageNotContaining("\n");

        assertThat(control.target()).isEqualTo(Size.bytes(0));
    }

    @Test
    void run_targetThatIsNoSize_throwsOneLine() {
        assertThatThrownBy(() -> run("control", "--target", "much"))
                .isInstanceOf(UsageException.class)
                .hasMessage("--target: 'much' is no size: a number and K, M or G, such as 64M");
    }

    @Test
    void run_nobodyHasTheSocket_throwsOneLine() {
        assertThatThrownBy(() -> run("other"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("cannot be reached")
                .hasMessageContaining("does 'run --control' have it?");
    }
}
