// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Kernels;
import io.microlith.examples.testkit.Program;
import io.microlith.testkit.RequiresKvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example pauses a guest that waits half a second. */
@RequiresKvm
class PauseResumeKvmIT {
    private static final Pattern REPORT = Pattern.compile("paused (\\d+) times, ended with Exited\\[status=0]\n");

    @TempDir
    private Path directory;

    @Test
    void main_guestThatWaits_isPausedAndEnds() throws IOException {
        // 66 ba 08 06     mov dx, 0x608, the power management timer: 3.58 MHz, 24 bits
        // ed              in eax, dx
        // 89 c3           mov ebx, eax
        // ed              in eax, dx
        // 29 d8           sub eax, ebx
        // 25 ff ff ff 00  and eax, 0xffffff
        // 3d 00 4f 1b 00  cmp eax, 1789696
        // 72 f1           jb -15
        // b0 00           mov al, 0
        // e6 f4           out 0xf4, al
        Path kernel = Kernels.elf(
                directory.resolve("kernel"),
                "66ba0806" + "ed" + "89c3" + "ed" + "29d8" + "25ffffff00" + "3d004f1b00" + "72f1" + "b000" + "e6f4");
        Path initrd = Files.writeString(directory.resolve("initrd"), "anything");

        Program.Result result =
                Program.run("io.microlith.examples.PauseResume", kernel.toString(), initrd.toString(), "quiet", "20");

        assertThat(result.err()).isEmpty();
        Matcher report = REPORT.matcher(result.out());
        assertThat(report.matches()).as(result.out()).isTrue();
        assertThat(Integer.parseInt(report.group(1))).isPositive();
        assertThat(result.status()).isZero();
    }
}
