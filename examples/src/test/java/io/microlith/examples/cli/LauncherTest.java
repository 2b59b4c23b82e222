// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code microlith}, in a source tree of its own, with a JDK and a Maven that say how they were called. What
 * a Java does is not its business: what it starts, and when it builds, is.
 */
class LauncherTest {
    private static final List<String> PROGRAMS =
            List.of("bash", "cat", "find", "flock", "grep", "mkdir", "mv", "readlink", "rm", "touch");

    /** Trains without a result, as a JVM that has no such option does. */
    private static final String JAVA = """
            #!/bin/bash
            [[ $* != *AOTCacheOutput* ]] || exit 1
            printf '%s\\n' "$@"
            exit 42
            """;

    /** Builds what is asked for. */
    private static final String MAVEN = """
            #!/bin/bash
            printf '%s\\n' "$*" >>"$TREE/mvn.log"
            mkdir -p "$TREE/examples/target/microlith/lib"
            touch "$TREE/examples/target/microlith/lib/a.jar"
            """;

    @TempDir
    private Path directory;

    private Path tree;
    private Path bin;
    private Path jdk;

    @BeforeEach
    void plant() throws IOException {
        tree = Files.createDirectory(directory.resolve("tree"));
        bin = Files.createDirectory(directory.resolve("bin"));
        jdk = Files.createDirectories(directory.resolve("jdk/bin")).getParent();
        for (String program : PROGRAMS) {
            Path real = Stream.of("/usr/bin", "/bin")
                    .map(folder -> Path.of(folder, program))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow();
            Files.createSymbolicLink(bin.resolve(program), real);
        }
        script(jdk.resolve("bin/java"), JAVA);
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.1\"\n");
        Files.copy(Path.of("../microlith"), tree.resolve("microlith"));
        for (String module : List.of("bom", "vmm-api", "devices-virtio", "snapshots", "vmm-kvm", "examples")) {
            Files.createDirectories(tree.resolve(module).resolve("src/main"));
            Files.writeString(tree.resolve(module).resolve("pom.xml"), "<project/>");
        }
        Files.writeString(tree.resolve("pom.xml"), "<project/>");
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Program.Result run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(tree.resolve("microlith").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder program = new ProcessBuilder(command);
        program.environment().clear();
        program.environment().put("PATH", bin.toString());
        program.environment().put("JAVA_HOME", jdk.toString());
        program.environment().put("TREE", tree.toString());
        return Program.run(program);
    }

    private List<String> builds() throws IOException {
        Path log = tree.resolve("mvn.log");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    @Test
    void run_freshTree_buildsOnceAndBecomesTheJvm() throws IOException {
        script(bin.resolve("mvn"), MAVEN);

        Program.Result first = run("hello", "--status", "a b");
        Program.Result second = run("hello", "--status", "a b");

        assertThat(first.status()).isEqualTo(42);
        assertThat(first.err()).isEmpty();
        assertThat(first.out())
                .contains("--enable-native-access=ALL-UNNAMED", "-Xint")
                .endsWith("-cp\n" + tree.resolve("examples/target/microlith/lib/a.jar")
                        + "\nio.microlith.examples.cli.Main\nhello\n--status\na b\n");
        assertThat(second).isEqualTo(first);
        assertThat(builds()).singleElement().asString().contains("--offline", "-pl examples,examples", "package");
    }

    @Test
    void run_guest_isNotInterpreted() throws IOException {
        script(bin.resolve("mvn"), MAVEN);

        assertThat(run("run", "--kernel", "k").out().lines()).doesNotContain("-Xint");
    }

    @Test
    void run_sourceChanged_buildsAgain() throws IOException {
        script(bin.resolve("mvn"), MAVEN);
        run("hello");
        Path source = Files.writeString(tree.resolve("vmm-kvm/src/main/A.java"), "class A {}");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));

        run("hello");

        assertThat(builds()).hasSize(2);
    }

    @Test
    void run_offlineLacksSomething_asksTheNetwork() throws IOException {
        script(bin.resolve("mvn"), MAVEN + "[[ $* != *--offline* ]] || { echo in offline mode; exit 1; }\n");

        assertThat(run("hello").status()).isEqualTo(42);
        assertThat(builds()).hasSize(2).last().asString().doesNotContain("--offline");
    }

    @Test
    void run_buildFails_saysWhatMavenSaid() throws IOException {
        script(bin.resolve("mvn"), MAVEN + "echo '[ERROR] no semicolon'\nexit 1\n");

        Program.Result result = run("hello");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("[ERROR] no semicolon\nmicrolith: the build failed: see above\n");
        assertThat(builds()).hasSize(1);
    }

    @Test
    void run_noMaven_saysSo() {
        Program.Result result = run("hello");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .isEqualTo(
                        "microlith: no mvn on the PATH, and there is something to build: install Maven 3.8.7 or later\n");
    }

    @Test
    void run_throughALink_isTheTreeItPointsTo() throws IOException {
        script(bin.resolve("mvn"), MAVEN);
        Path link = Files.createSymbolicLink(directory.resolve("vm"), tree.resolve("microlith"));
        ProcessBuilder program = new ProcessBuilder(link.toString(), "hello");
        program.environment().clear();
        program.environment().put("PATH", bin.toString());
        program.environment().put("JAVA_HOME", jdk.toString());
        program.environment().put("TREE", tree.toString());

        assertThat(Program.run(program).out()).contains(tree.resolve("examples/target/microlith/lib/a.jar") + "\n");
    }
}
