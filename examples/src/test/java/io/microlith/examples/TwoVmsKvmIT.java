// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Kernels;
import io.microlith.examples.testkit.Program;
import io.microlith.testkit.RequiresKvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example runs two VMs of a kernel that is no Linux, but is started as one. */
@RequiresKvm
class TwoVmsKvmIT {
    @TempDir
    private Path directory;

    @Test
    void main_twoGuests_eachHasItsConsoleAndItsEnd() throws IOException {
        // 66 ba f8 03  mov dx, 0x3f8
        // b0 68        mov al, 'h'
        // ee           out dx, al
        // b0 69        mov al, 'i'
        // ee           out dx, al
        // b0 05        mov al, 5
        // e6 f4        out 0xf4, al
        Path kernel = Kernels.elf(directory.resolve("kernel"), "66baf803" + "b068" + "ee" + "b069" + "ee" + "b005e6f4");
        Path initrd = Files.writeString(directory.resolve("initrd"), "anything");
        Path first = directory.resolve("first.log");
        Path second = directory.resolve("second.log");

        Program.Result result = Program.run(
                "io.microlith.examples.TwoVms",
                kernel.toString(),
                initrd.toString(),
                "quiet",
                first.toString(),
                second.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("first: Exited[status=5], second: Exited[status=5]\n");
        assertThat(result.status()).isEqualTo(5);
        assertThat(first).hasContent("hi");
        assertThat(second).hasContent("hi");
    }
}
