// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which kind of kernel a file is taken for, by those who look. */
class KernelBootTest {
    private static final int LOAD = 0x10_0000;
    private static final byte[] CODE = Samples.bytes(1, 0x1000);

    @TempDir
    private Path directory;

    private final FakeMachine machine = FakeMachine.ofMebibytes(32);

    @AfterEach
    void close() {
        machine.close();
    }

    private Path file(byte[] content) {
        return Samples.write(directory.resolve("kernel"), content);
    }

    private EntryState load(byte[] content) {
        return KernelBoot.kernel(file(content)).load(machine.context());
    }

    private void assertRefused(byte[] content, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> load(content))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.setting()).isEqualTo("kernel"))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    private static byte[] multibootText() {
        return MultibootBuilder.file(0, MultibootBuilder.header(0), CODE);
    }

    private static byte[] multibootElf() {
        return ElfBuilder.of32().entry(LOAD).load(LOAD, multibootText()).build();
    }

    @Test
    void load_bzImage_isLinux() {
        assertThat(load(new BzImageBuilder(CODE).build()).rsi()).isEqualTo(0x7000);
    }

    @Test
    void load_elf64_isLinux() {
        byte[] file = ElfBuilder.of64().entry(LOAD).load(LOAD, CODE).build();
        assertThat(load(file).rsi()).isEqualTo(0x7000);
    }

    @Test
    void load_elf64WithMultibootHeaderByChance_isLinux() {
        byte[] file = ElfBuilder.of64().entry(LOAD).load(LOAD, multibootText()).build();
        assertThat(load(file).rsi()).isEqualTo(0x7000);
    }

    @Test
    void load_elfWithPvhNoteAndMultibootHeader_isPvh() {
        byte[] file = ElfBuilder.of32()
                .entry(LOAD)
                .load(LOAD, multibootText())
                .notes(ElfBuilder.pvhNote(LOAD))
                .build();
        assertThat(load(file).rax()).isZero();
        assertThat(load(file).rbx()).isEqualTo(0x6000);
        assertThat(Multiboot.kernel(file(file)).load(machine.context()).rax())
                .as("unless told otherwise")
                .isEqualTo(0x2badb002L);
    }

    @Test
    void load_elf32WithMultibootHeader_isMultiboot() {
        assertThat(load(multibootElf()).rax()).isEqualTo(0x2badb002L);
    }

    @Test
    void load_anyFileWhoseMultibootHeaderHasAddresses_isMultiboot() {
        byte[] header = MultibootBuilder.header(MultibootBuilder.ADDRESSES, LOAD, LOAD, 0, 0, LOAD);
        assertThat(load(MultibootBuilder.file(0, header, CODE)).rax()).isEqualTo(0x2badb002L);
    }

    @Test
    void load_multibootWithInitrd_getsAModule() {
        Path initrd = Samples.write(directory.resolve("initrd"), CODE);
        var _ = KernelBoot.kernel(file(multibootElf()))
                .initrd(initrd)
                .commandLine("hello")
                .load(machine.context());
        assertThat(machine.memory().getInt(0x6000 + 20)).isEqualTo(1);
        assertThat(machine.string(machine.memory().getInt(0x1_0008))).isEqualTo(initrd.toString());
        assertThat(machine.string(0x2_0000)).isEqualTo("hello");
    }

    @Test
    void load_multibootHeaderInNeither_isRefused() {
        assertRefused(multibootText(), "neither an ELF file nor");
    }

    @Test
    void linuxBoot_multibootKernel_isRefused() {
        LinuxBoot boot = LinuxBoot.kernel(file(multibootElf()));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> boot.load(machine.context()))
                .withMessageContaining("is a multiboot kernel, not Linux");
    }

    @Test
    void load_compressedKernel_isRefusedWithAHint() {
        assertRefused(new byte[] {0x1f, (byte) 0x8b, 8, 0}, "it is compressed");
        assertRefused(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, "it is compressed");
        assertRefused(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z'}, "it is compressed");
    }

    @Test
    void load_arm64Kernel_isRefusedWithAHint() {
        byte[] image = new byte[64];
        System.arraycopy("ARMd".getBytes(StandardCharsets.US_ASCII), 0, image, 56, 4);
        assertRefused(image, "arm64");
    }

    @Test
    void load_somethingElse_isRefused() {
        assertRefused(new byte[] {1}, "is not a kernel: give a bzImage");
        assertRefused("#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII), "is not a kernel");
        byte[] bootSector = new byte[512];
        bootSector[510] = 0x55;
        bootSector[511] = (byte) 0xaa;
        assertRefused(bootSector, "is not a kernel");
        assertRefused(Arrays.copyOf(bootSector, 1 << 20), "is not a kernel");
    }

    @Test
    void load_noSuchFile_isRefused() {
        KernelBoot boot = KernelBoot.kernel(directory.resolve("nothing"));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> boot.load(machine.context()))
                .withMessageContaining("nothing does not exist");
    }

    @Test
    void load_emptyFile_isRefused() {
        assertRefused(new byte[0], "is empty");
    }

    @Test
    void load_directoryOrDevice_isRefused() {
        for (Path path : new Path[] {directory, Path.of("/dev/zero")}) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> KernelBoot.kernel(path).load(machine.context()))
                    .withMessageContaining("is not a regular file");
        }
    }

    @Test
    void load_pipeNobodyWritesTo_doesNotWait() throws IOException, InterruptedException {
        Path pipe = directory.resolve("pipe");
        int status = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
        assertThat(status).isZero();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> KernelBoot.kernel(pipe).load(machine.context()))
                .withMessageContaining("is not a regular file");
    }

    @Test
    void load_linkToAKernel_isFollowed() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file(multibootElf()));
        assertThat(KernelBoot.kernel(link).load(machine.context()).rax()).isEqualTo(0x2badb002L);
    }

    @Test
    void load_interruptedThread_isAnErrorAndKeepsTheInterrupt() {
        KernelBoot boot = KernelBoot.kernel(file(multibootElf()));
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> boot.load(machine.context()));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void describe_namesTheFile() {
        Path path = Path.of("boot", "vmlinuz");
        assertThat(KernelBoot.kernel(path).describe()).isEqualTo("kernel boot/vmlinuz");
        assertThat(LinuxBoot.kernel(path).describe()).isEqualTo("Linux boot/vmlinuz");
        assertThat(Multiboot.kernel(path).describe()).isEqualTo("multiboot boot/vmlinuz");
        assertThat(FlatImage.file(path).describe()).isEqualTo("flat image boot/vmlinuz");
        assertThat(FlatImage.of(CODE).describe()).isEqualTo("flat image of 4096 bytes");
    }
}
