// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Program;
import io.microlith.testkit.HostTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checked-in images of guests are what their sources build. Where there is a gcc. */
class GuestImagesTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void requireCompiler() {
        HostTool.GCC.require();
    }

    @Test
    void hello_rebuilt_isTheSame() throws IOException {
        String text = Files.readString(Path.of("src/main/java/io/microlith/examples/cli/hello/HelloImage.java"));
        String hex = text.substring(text.indexOf("\"\"\"") + 3, text.lastIndexOf("\"\"\""))
                .replaceAll("[\\\\\\s]", "");

        assertThat(build("src/guest/build")).isEqualTo(HexFormat.of().parseHex(hex));
    }

    @Test
    void console_rebuilt_isTheSame() throws IOException {
        Path checkedIn = Path.of("src/test/resources/io/microlith/examples/testkit/console.bin");

        assertThat(build("src/test/guest/build")).isEqualTo(Files.readAllBytes(checkedIn));
    }

    private byte[] build(String script) throws IOException {
        Path image = directory.resolve("image");
        Program.Result result = Program.run(new ProcessBuilder(script, image.toString()));
        assertThat(result.status()).as(result.err()).isZero();
        return Files.readAllBytes(image);
    }
}
