// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Capture;
import io.microlith.examples.testkit.Kernels;
import io.microlith.examples.testkit.Program;
import io.microlith.testkit.RequiresKvm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users do wrong, and hosts lack: one line that says what, why, and how to mend it; and status 2. */
@RequiresKvm
@Timeout(300)
class BadInputKvmIT {
    private static final String MAIN = "io.microlith.examples.cli.Main";

    /** Where the header of the multiboot kernel says how much memory it takes. */
    private static final int BSS_END = 24;

    @TempDir
    private Path directory;

    @BeforeEach
    void writeFiles() throws IOException {
        byte[] kernel = Kernels.console();
        Files.write(directory.resolve("KERNEL"), kernel);
        Files.write(directory.resolve("TRUNCATED"), Arrays.copyOf(kernel, kernel.length / 2));
        ByteBuffer.wrap(kernel).order(ByteOrder.LITTLE_ENDIAN).putInt(BSS_END, 0x4000_0000);
        Files.write(directory.resolve("LARGE"), kernel);
        Kernels.elf(directory.resolve("LINUX"), "f4");
        Files.createFile(directory.resolve("EMPTY"));
        Files.writeString(directory.resolve("TEXT"), "Somebody took this for a kernel, or for a configuration.");
        try (RandomAccessFile sparse =
                new RandomAccessFile(directory.resolve("INITRD").toFile(), "rw")) {
            sparse.setLength(1L << 30);
        }
    }

    /** Words in capitals are files of the test's directory. */
    private List<String> words(String line) {
        return Arrays.stream(line.split(" "))
                .map(word -> word.matches("[A-Z]+") ? directory.resolve(word).toString() : word)
                .toList();
    }

    /** All but what only a process of its own shows, since a JVM for each takes long. */
    private static Program.Result run(List<String> arguments) {
        Capture capture = new Capture();
        int status = Main.run(arguments, capture.console());
        return new Program.Result(status, capture.out(), capture.err());
    }

    private static void expectOneLine(Program.Result result, String... saying) {
        assertThat(result.err())
                .startsWith("microlith: ")
                .hasLineCount(1)
                .contains(saying)
                .doesNotContain("Exception");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // The host's KVM.
                "hello --kvm ABSENT | cannot open | load its module with 'modprobe kvm_intel'",
                "run --kernel KERNEL --kvm ABSENT | ENOENT (2) | or give a container the device",
                // Nobody may write this file of the kernel, not even root.
                "hello --kvm /sys/kernel/uevent_seqnum | EACCES (13): this user may not use KVM | usermod -aG kvm USER",
                "hello --kvm /dev/null | /dev/null is not KVM's device | that is /dev/kvm",
                "hello --kvm-without KVM_CAP_IRQCHIP,KVM_CAP_PIT2 | this host's KVM lacks KVM_CAP_IRQCHIP, KVM_CAP_PIT2 | run a Linux kernel of 4.12 or later",
                "hello --kvm-without KVM_CAP_TEA | 'KVM_CAP_TEA' is no capability | such as KVM_CAP_IRQFD",
                // The kernel.
                "run | which kernel? | Give --kernel FILE",
                "run --kernel ABSENT | ABSENT does not exist | check the path",
                "run --kernel EMPTY | EMPTY is empty | name another",
                "run --kernel TRUNCATED | TRUNCATED is truncated or broken | copy or build it again",
                "run --kernel TEXT | TEXT is not a kernel | give a bzImage",
                "run --kernel /tmp | /tmp is not a regular file | name one",
                "run --kernel LARGE | LARGE does not fit | give it at least 1 GiB",
                "run --kernel KERNEL --flat vga | 'vga' is none of | real, protected, long, user",
                "run --kernel TEXT --flat long@0xff0 | would overwrite | load it elsewhere",
                "run --kernel TEXT --flat real@0x100000 | cannot be entered in REAL_16 | load it below 0x100000",
                "run --kernel TEXT --flat user --initrd INITRD | --initrd: | leave it out",
                "run --kernel EMPTY --flat user | EMPTY is empty | name another",
                // What comes with it.
                "run --kernel LINUX --initrd ABSENT | initrd: | does not exist",
                "run --kernel LINUX --initrd INITRD | initrd: | give it more memory",
                "run --kernel KERNEL --initrd INITRD | initrd: | give the machine more memory",
                // The machine.
                "run --kernel KERNEL --mem 0 | memory: a VM needs some | at least",
                "run --kernel KERNEL --mem 1M | memory: 1 MiB is too little | at least 2 MiB",
                "run --kernel KERNEL --mem 4097K | memory: 4097 KiB is not a multiple | 4 KiB",
                "run --kernel KERNEL --mem 100000G | is more than the | give the VM less",
                "run --kernel KERNEL --mem 100000G --overcommit | memory: | too much for a PC: at most",
                "run --kernel KERNEL --mem lots | 'lots' is no size | such as 512M",
                "run --kernel KERNEL --cpus 0 | vcpus: 0 is too few | at least 1",
                "run --kernel KERNEL --cpus 100000 | vcpus: 100000 is too many | up to",
                "run --kernel KERNEL --cpus many | '--cpus' | --help",
                "run --kernel KERNEL --pin 4095 | pin: | processor 4095",
                "run --kernel KERNEL --pin 0,1 | pin: 2 processors given for 1 vCPUs | one for each",
                "run --kernel KERNEL --pages large | 'large' is none of | thp, small, huge",
                // Configuration files.
                "run --config ABSENT | config: no file | check the path",
                "run --config TEXT | config: | JSON object",
                // The rest of the command line.
                "run --kernel KERNEL --floppy=TEXT | Unknown option: '--floppy | 'microlith run --help'",
                // Devices.
                "run --kernel KERNEL --disk ABSENT | blk.path: | ENOENT (2)",
                "run --kernel KERNEL --disk TEXT,colour=red | blk.colour | no such option",
                "run --kernel KERNEL --net passt=ABSENT | net.passt: | does passt --socket run?",
                "run --kernel KERNEL --net tap=t,mac=1 | net.mac: | 02:00:00:00:00:01",
                "hello --nonsense | Unknown option: '--nonsense' | 'microlith hello --help'",
                "hello --status 300 | status: | 255",
                "hello --primes 100000000 | primes: 100000000 is not between | 16000000",
                "doctor now | 'now' | 'microlith doctor --help'",
                "bench | benchmarks are not | ./microlith",
                "describe ABSENT | snapshot | cannot be read",
                "restore ABSENT | snapshot | cannot be read",
                "restore ABSENT --strategy slow | --strategy | is none of best, mapped",
                "record ABSENT | snapshot | cannot be read",
                "snapshot ABSENT there | cannot be reached | does 'run --control' have it?",
                "balloon ABSENT | cannot be reached | does 'run --control' have it?",
                "balloon ABSENT --target much | --target: 'much' is no size | 'microlith balloon --help'",
                "nonsense | there is no command 'nonsense' | one of hello, doctor, run, snapshot, balloon, restore, clone, record, merge, describe, bench"
            })
    void main_badInput_isOneLineAndStatusTwo(String line, String what, String remedy) throws IOException {
        List<Path> before = files();

        Program.Result result = run(words(line));

        expectOneLine(result, what, remedy);
        assertThat(files()).isEqualTo(before);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void run_commandLineTooLong_saysHowLongItMayBe() {
        List<String> arguments = new ArrayList<>(words("run --kernel LINUX --cmdline"));
        arguments.add("x".repeat(3000));

        Program.Result result = run(arguments);

        expectOneLine(result, "cmdline: is too long: 3000 bytes, and this kernel takes at most 2047", "shorten it");
    }

    @Test
    void hello_nativeAccessDenied_namesTheFlag() {
        List<String> command = Program.command(MAIN, "hello");
        command.remove("--enable-native-access=ALL-UNNAMED");
        command.add(1, "--illegal-native-access=deny");

        Program.Result result = Program.run(new ProcessBuilder(command));

        expectOneLine(result, "--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void main_inItsOwnProcess_isTheSame() {
        Program.Result result = Program.run(MAIN, "run", "--kernel", "/nonexistent");

        expectOneLine(result, "kernel: /nonexistent does not exist");
    }

    @Test
    void run_debugOption_addsTheStackTrace() {
        Program.Result result = run(words("run --kernel ABSENT --debug"));

        assertThat(result.err()).contains("ABSENT does not exist", "\tat ");
        assertThat(result.status()).isEqualTo(2);
    }
}
