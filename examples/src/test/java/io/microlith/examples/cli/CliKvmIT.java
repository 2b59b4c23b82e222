// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Capture;
import io.microlith.examples.testkit.Conversation;
import io.microlith.examples.testkit.Kernels;
import io.microlith.examples.testkit.Program;
import io.microlith.testkit.RequiresKvm;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as its user runs it: in a JVM of its own, with its exit status. */
@RequiresKvm
@Timeout(300)
class CliKvmIT {
    private static final String MAIN = "io.microlith.examples.cli.Main";

    @TempDir
    private Path directory;

    private Conversation startRun(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("run", "--kernel", Kernels.console(directory).toString()));
        arguments.addAll(List.of(options));
        Conversation run = Conversation.start(MAIN, arguments.toArray(String[]::new));
        run.expect("ready\n");
        return run;
    }

    @Test
    void hello_noArguments_printsAndEndsWell() {
        Program.Result result = Program.run(MAIN, "hello");

        assertThat(result)
                .isEqualTo(new Program.Result(0, "Hello from a guest in ring 3.\nPrimes below 100000: 9592.\n", ""));
    }

    @Test
    void hello_status_isTheProcess() {
        Program.Result result = Program.run(MAIN, "hello", "--primes", "100", "--status", "42");

        assertThat(result.status()).isEqualTo(42);
        assertThat(result.out()).endsWith("Primes below 100: 25.\n");
    }

    @Test
    void hello_help_saysWhatItTakes() {
        Program.Result result = Program.run(MAIN, "hello", "--help");

        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("Usage: microlith hello", "--primes=N", "--status=N");
    }

    @Test
    void doctor_hostWithKvm_saysSo() {
        Program.Result result = Program.run(MAIN, "doctor");

        assertThat(result.status()).isZero();
        assertThat(result.out()).containsPattern("ok +KVM").contains("This host runs VMs.");
    }

    @Test
    void doctor_hostWithoutKvm_saysHowToMendIt() {
        Program.Result result =
                Program.run(MAIN, "doctor", "--kvm", directory.resolve("kvm").toString());

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out())
                .containsPattern("fail +KVM .*ENOENT.*this host offers no KVM\n +-> load its module")
                .contains("This host runs no VMs");
    }

    @ParameterizedTest
    @CsvSource({"q, 3", "s, 0", "p, 1", "t, 1"})
    void run_guestEnds_statusSaysHow(String command, int status) throws IOException, InterruptedException {
        try (Conversation run = startRun()) {
            run.type(command);

            assertThat(run.status()).isEqualTo(status);
        }
    }

    /** {@code mov al, 42; out 0xf4, al}: the same in each mode. */
    @ParameterizedTest
    @ValueSource(strings = {"real", "protected", "long", "user", "user@0x150000"})
    void run_flatImage_isEnteredAtItsFirstByte(String how) throws IOException {
        Path image = Files.write(directory.resolve("image"), HexFormat.of().parseHex("b02ae6f4"));

        Program.Result result = Program.run(MAIN, "run", "--kernel", image.toString(), "--flat", how);

        assertThat(result.status()).as(result.err()).isEqualTo(42);
    }

    @Test
    void doctor_hostThatLacksSomething_namesIt() {
        Program.Result result = Program.run(MAIN, "doctor", "--kvm-without", "KVM_CAP_IOEVENTFD,KVM_CAP_SREGS2");

        assertThat(result.status()).isZero();
        assertThat(result.out()).containsPattern("note +capabilities +without .*KVM_CAP_IOEVENTFD.*KVM_CAP_SREGS2");
    }

    @Test
    void run_consoleInput_reachesTheGuestAndComesBack() throws IOException, InterruptedException {
        try (Conversation run = startRun("--cmdline", "some words")) {
            // The letter c has the guest print its command line.
            run.type("abc");
            run.expect("absome words");
            run.type("q");

            assertThat(run.status()).isEqualTo(3);
        }
    }

    @Test
    void run_inputFromFile_allOfItReachesTheGuest() throws IOException, InterruptedException {
        // There before the guest is, and more than any FIFO holds.
        String text = "no_one_".repeat(300).replace("_", "\n");
        Path input = Files.writeString(directory.resolve("input"), text + "q");
        Path kernel = Kernels.console(directory);
        try (Conversation run =
                Conversation.start(Redirect.from(input.toFile()), MAIN, "run", "--kernel", kernel.toString())) {
            run.expect("ready\n");

            assertThat(run.expect(text)).isEqualTo(text);
            assertThat(run.status()).isEqualTo(3);
        }
    }

    @Test
    void run_guestReboots_startsAgain() throws IOException, InterruptedException {
        try (Conversation run = startRun()) {
            run.type("r");

            run.expect("ready\n");
            run.type("q");

            assertThat(run.status()).isEqualTo(3);
        }
    }

    @Test
    void run_guestRebootsWithNoReboot_ends() throws IOException, InterruptedException {
        try (Conversation run = startRun("--no-reboot")) {
            run.type("r");

            assertThat(run.status()).isZero();
        }
    }

    @Test
    void run_guestPanics_saysSoInOneLine() throws IOException, InterruptedException {
        try (Conversation run = startRun()) {
            run.type("p");

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.errors()).startsWith("microlith: the guest panicked").hasLineCount(1);
        }
    }

    @Test
    void run_guestTripleFaults_printsRegisters() throws IOException, InterruptedException {
        try (Conversation run = startRun()) {
            run.type("t");

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.errors())
                    .startsWith("microlith: the guest triple-faulted: vCPU 0: KVM_EXIT_SHUTDOWN\n")
                    .contains("rip=")
                    .doesNotContain("\tat ");
            if (!isAmd()) {
                // AMD's processors leave nothing defined after a shutdown, so KVM resets the vCPU there.
                assertThat(run.errors()).contains("instruction: 0f 0b");
            }
        }
    }

    private static boolean isAmd() throws IOException {
        return Files.readString(Path.of("/proc/cpuinfo")).contains(" svm");
    }

    @Test
    void run_statistics_areCounted() throws IOException, InterruptedException {
        try (Conversation run = startRun("--stats")) {
            run.type("mq");

            assertThat(run.status()).isEqualTo(3);
            assertThat(run.errors()).contains("seconds").containsPattern("\\d+ {2}exits\n");
        }
    }

    @Test
    void balloon_guestOfRun_isReachedUntilItEnds() throws IOException, InterruptedException {
        String socket = directory.resolve("control").toString();
        try (Conversation run = startRun("--balloon=target=1M,hinting", "--control", socket)) {
            assertThat(balloon(socket, "--target", "2M")).isEqualTo(new Program.Result(0, "target 2097152\n", ""));
            assertThat(balloon(socket)).isEqualTo(new Program.Result(0, "size 0\ntarget 2097152\n", ""));
            // A guest without a driver.
            assertThat(balloon(socket, "--hint").err())
                    .contains("gives no hints")
                    .hasLineCount(1);
            run.type("q");

            assertThat(run.status()).isEqualTo(3);
        }
        Program.Result after = balloon(socket);
        assertThat(after.status()).isEqualTo(2);
        assertThat(after.err()).contains("cannot be reached").hasLineCount(1);
    }

    /** In this process, since a JVM for each takes long. */
    private static Program.Result balloon(String... arguments) {
        List<String> words = new ArrayList<>(List.of("balloon"));
        words.addAll(List.of(arguments));
        Capture capture = new Capture();
        int status = Main.run(words, capture.console());
        return new Program.Result(status, capture.out(), capture.err());
    }

    @Test
    void run_configurationFile_isUsed() throws IOException, InterruptedException {
        Path config = directory.resolve("vm.json");
        Files.writeString(
                config, "{\"kernel\": \"" + Kernels.console(directory) + "\", \"cmdline\": \"from the file\"}");
        try (Conversation run = Conversation.start(MAIN, "run", "--config", config.toString())) {
            run.expect("ready\n");
            run.type("c");
            run.expect("from the file");
            run.type("q");

            assertThat(run.status()).isEqualTo(3);
        }
    }

    @Test
    void run_terminated_endsAtOnce() throws IOException, InterruptedException {
        try (Conversation run = startRun()) {
            run.terminate();

            // 128 and SIGTERM.
            assertThat(run.status()).isEqualTo(143);
            assertThat(run.errors()).isEmpty();
        }
    }
}
