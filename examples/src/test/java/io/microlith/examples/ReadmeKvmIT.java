// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Program;
import io.microlith.examples.testkit.Snippets;
import io.microlith.testkit.RequiresKvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the README of vmm-kvm does what is said there. */
@RequiresKvm
class ReadmeKvmIT {
    @TempDir
    private Path directory;

    @Test
    void vmmKvm_program_printsItsOutcome() throws IOException {
        String source = Snippets.of(Path.of("../vmm-kvm/README.md"), "java").getFirst();
        assertThat(Snippets.compile(source, directory)).isEmpty();
        List<String> command = Program.command(Snippets.className(source));
        // Nor does it keep its classes: an archive cannot have those from a directory.
        assertThat(command.removeIf(word -> word.contains("SharedArchive"))).isTrue();
        command.set(command.indexOf("-cp") + 1, "target/microlith/lib/*:" + directory);

        Program.Result result = Program.run(new ProcessBuilder(command));

        assertThat(result).isEqualTo(new Program.Result(0, "Exited[status=42]\n", ""));
    }
}
