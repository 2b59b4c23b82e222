// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.nativeaccess.NativeAccessProbe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Starts JVMs without the right to call native functions: each way in says so, each time, and names the flag. */
class NativeAccessTest {
    private static final String MAIN = NativeAccessProbe.class.getName();

    @Test
    void anyCall_deniedOnTheClassPath_namesTheFlag() throws Exception {
        List<String> output = java(
                "--illegal-native-access=deny",
                "-cp",
                String.join(":", location(EventFd.class), location(MAIN), location(LoggerFactory.class)),
                MAIN);
        assertThat(output)
                .hasSize(NativeAccessProbe.WAYS)
                .containsOnly("io.microlith.linux.NativeAccessException: native access is denied to the class path: "
                        + "start the JVM with --enable-native-access=ALL-UNNAMED");
    }

    @Test
    void anyCall_deniedOnTheModulePath_namesTheFlag() throws Exception {
        List<String> output = java(
                "--illegal-native-access=deny",
                "-p",
                String.join(":", location(EventFd.class), location(LoggerFactory.class)),
                "--add-modules",
                "io.microlith.vmm",
                "-cp",
                location(MAIN),
                MAIN);
        assertThat(output)
                .hasSize(NativeAccessProbe.WAYS)
                .containsOnly("io.microlith.linux.NativeAccessException: native access is denied to module "
                        + "io.microlith.vmm: start the JVM with --enable-native-access=io.microlith.vmm");
    }

    @Test
    void anyCall_withTheFlag_works() throws Exception {
        List<String> output = java(
                "--illegal-native-access=deny",
                "--enable-native-access=io.microlith.vmm",
                "-p",
                String.join(":", location(EventFd.class), location(LoggerFactory.class)),
                "--add-modules",
                "io.microlith.vmm",
                "-cp",
                location(MAIN),
                MAIN);
        assertThat(output).hasSize(NativeAccessProbe.WAYS).containsOnly("fine");
    }

    private static List<String> java(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return output.lines().filter(line -> !line.startsWith("SLF4J")).toList();
    }

    private static String location(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString();
    }

    /** The tests are patched into the module; on disk they are beside it. */
    private static String location(String testClass) {
        Path classes = Path.of(location(EventFd.class));
        Path tests = classes.resolveSibling("test-classes");
        assertThat(tests.resolve(testClass.replace('.', '/') + ".class")).isRegularFile();
        return tests.toString();
    }
}
