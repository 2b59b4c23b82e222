// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.examples.cli.command.CommandException;
import io.microlith.examples.testkit.Capture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration files, and what is no such file. */
class ConfigFileTest {
    @TempDir
    private Path directory;

    /** As {@code run} reads them. */
    private static List<String> arguments(Path file) {
        return ConfigFile.arguments(
                file, new RunOptions(new RunCommand(), new Capture().console()).describe(), RunOptions.CONFIG);
    }

    @Test
    void arguments_everySetting_becomesAnOption() throws IOException {
        Path file = write("""
                {"kernel": "vmlinuz", "initrd": "initrd.gz", "cmdline": "console=ttyS0 quiet", "mem": "1G", "cpus": 2,
                 "pages": "thp", "pin": [0, 1], "no-reboot": true, "stats": false, "disk": ["a,readonly", "b"], "device": "rng",
                 "net": "tap=t", "pmem": ["p"], "vsock": "v.sock", "control": "c.sock", "balloon": true, "flat": "user",
                 "kvm-without": "optional", "virtio-mmio": "acpi", "track-writes": "log", "console": "tty"}
                """);

        assertThat(arguments(file))
                .containsExactlyInAnyOrder(
                        "--kernel=vmlinuz",
                        "--initrd=initrd.gz",
                        "--cmdline=console=ttyS0 quiet",
                        "--mem=1G",
                        "--cpus=2",
                        "--pages=thp",
                        "--pin=0,1",
                        "--disk=a,readonly",
                        "--disk=b",
                        "--device=rng",
                        "--net=tap=t",
                        "--pmem=p",
                        "--vsock=v.sock",
                        "--control=c.sock",
                        "--balloon",
                        "--flat=user",
                        "--kvm-without=optional",
                        "--virtio-mmio=acpi",
                        "--track-writes=log",
                        "--console=tty",
                        "--no-reboot");
    }

    @Test
    void arguments_emptyObject_isNone() throws IOException {
        assertThat(arguments(write("{}"))).isEqualTo(List.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"nic\": \"a\"}",
                "{\"disk\": [[\"a\"]]}",
                "{\"kernel\": [1]}",
                "{\"kernel\": null}",
                "{\"stats\": 1}",
                "{\"kernel\": true}",
                "{\"disk\": true}",
                "{\"help\": true}",
                "{\"config\": \"again.json\"}",
                "[1, 2]",
                "7",
                "{",
                "",
                "kernel=vmlinuz"
            })
    void arguments_notAConfiguration_throwsOneLine(String text) throws IOException {
        Path file = write(text);

        assertThatThrownBy(() -> arguments(file))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("config: " + file)
                .hasMessageNotContaining("\n");
    }

    @Test
    void arguments_noFile_throws() {
        assertThatThrownBy(() -> arguments(directory.resolve("none")))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("no file");
    }

    @Test
    void arguments_hugeFile_throws() throws IOException {
        Path file = write("{\"cmdline\": \"" + "x".repeat(1 << 16) + "\"}");

        assertThatThrownBy(() -> arguments(file))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("larger");
    }

    @Test
    void arguments_deeplyNested_throws() throws IOException {
        Path file = write("{\"pin\": " + "[".repeat(30_000) + "]".repeat(30_000) + "}");

        assertThatThrownBy(() -> arguments(file)).isInstanceOf(CommandException.class);
    }

    @Property(tries = 200)
    void arguments_anyText_isReadOrRefused(@ForAll String text) throws IOException {
        Path file = Files.writeString(Files.createTempFile("config", ".json"), text);
        try {
            assertThat(arguments(file)).allMatch(argument -> argument.startsWith("--"));
        } catch (CommandException e) {
            assertThat(e).hasMessageStartingWith("config: ");
        } finally {
            Files.delete(file);
        }
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("vm.json"), text);
    }
}
