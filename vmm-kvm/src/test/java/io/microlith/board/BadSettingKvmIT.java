// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.board.boot.FlatImage;
import io.microlith.board.boot.KernelBoot;
import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.board.legacy.SerialConfig;
import io.microlith.board.legacy.SerialPort;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.testkit.HostResources;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines that cannot be built: one exception that names the setting, and nothing left of the attempt. */
@RequiresKvm
class BadSettingKvmIT {
    private static final byte[] HALT = {(byte) 0xf4};
    private static final int TRIES = 20;

    @TempDir
    private Path directory;

    private KvmHypervisor kvm;

    @BeforeEach
    void open() {
        kvm = KvmHypervisor.open();
        // What the first machine makes once and for all is not a leak.
        VmBuilder.on(kvm).boot(FlatImage.of(HALT)).build().close();
    }

    @AfterEach
    void close() {
        kvm.close();
    }

    private void expectRefused(String setting, String problem, UnaryOperator<VmBuilder> settings) {
        HostResources before = HostResources.now();
        for (int i = 0; i < TRIES; i++) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> settings.apply(VmBuilder.on(kvm).boot(FlatImage.of(HALT)))
                            .build())
                    .satisfies(e -> assertThat(e.setting()).isEqualTo(setting))
                    .withMessageContaining(problem)
                    .withMessageNotContaining("\n");
        }
        before.expectUnchanged();
    }

    private Path file(byte... bytes) throws IOException {
        return Files.write(directory.resolve("file"), bytes);
    }

    /**
     * An ELF64 file of one loadable segment at 1 MiB, with as many bytes in memory as asked for, and one in the file.
     */
    private Path elf(long memorySize) throws IOException {
        ByteBuffer elf = ByteBuffer.allocate(121).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        // Executable, x86-64, version 1, entry point, program headers behind this header.
        elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
        elf.putLong(24, 0x10_0000).putLong(32, 64);
        elf.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
        // PT_LOAD, readable and executable; offset, addresses, sizes.
        elf.putInt(64, 1).putInt(68, 5).putLong(72, 120).putLong(80, 0x10_0000).putLong(88, 0x10_0000);
        elf.putLong(96, 1).putLong(104, memorySize).put(120, HALT[0]);
        return file(elf.array());
    }

    @Test
    void build_noMemory_isRefused() {
        expectRefused("memory", "a VM needs some: at least", vm -> vm.memory(Size.bytes(0)));
    }

    @Test
    void build_memoryOfPartOfAPage_isRefused() {
        expectRefused("memory", "not a multiple of the page size", vm -> vm.memory(Size.bytes((16 << 20) + 1)));
    }

    @Test
    void build_memoryTooLittleForABoard_isRefused() {
        expectRefused("memory", "too little for a PC", vm -> vm.memory(Size.mebibytes(1)));
    }

    @Test
    void build_moreMemoryThanTheHostHas_isRefused() {
        expectRefused("memory", "give the VM less, or allow overcommit", vm -> vm.memory(Size.gibibytes(100_000)));
    }

    @Test
    void build_moreMemoryThanAPcCanHave_isRefused() {
        expectRefused("memory", "too much for a PC", vm -> vm.overcommit().memory(Size.gibibytes(100_000)));
    }

    @Test
    void build_noVcpus_isRefused() {
        expectRefused("vcpus", "0 is too few", vm -> vm.vcpus(0));
    }

    @Test
    void build_tooManyVcpus_isRefused() {
        expectRefused("vcpus", "too many", vm -> vm.vcpus(kvm.maxVcpus() + 1));
    }

    @Test
    void build_noKernelFile_isRefused() {
        Path absent = directory.resolve("absent");
        expectRefused("kernel", "does not exist", vm -> vm.boot(LinuxBoot.kernel(absent)));
    }

    @Test
    void build_emptyKernelFile_isRefused() throws IOException {
        Path empty = file();
        expectRefused("kernel", "is empty", vm -> vm.boot(LinuxBoot.kernel(empty)));
    }

    @Test
    void build_kernelFileIsADirectory_isRefused() {
        expectRefused("kernel", "is not a regular file", vm -> vm.boot(LinuxBoot.kernel(directory)));
    }

    @Test
    void build_fileIsNoKernel_isRefused() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "not a kernel at all, but some text to read");
        expectRefused("kernel", "is not a kernel", vm -> vm.boot(LinuxBoot.kernel(text)));
    }

    @Test
    void build_truncatedKernel_isRefused() throws IOException {
        byte[] whole = Files.readAllBytes(elf(4096));
        Path truncated = Files.write(directory.resolve("truncated"), Arrays.copyOf(whole, 100));
        expectRefused("kernel", "truncated", vm -> vm.boot(KernelBoot.kernel(truncated)));
    }

    @Test
    void build_kernelLargerThanMemory_saysHowMuchItNeeds() throws IOException {
        Path large = elf(128 << 20);
        expectRefused("kernel", "give it at least 129 MiB", vm -> vm.boot(KernelBoot.kernel(large)));
    }

    @Test
    void build_noInitrdFile_isRefused() throws IOException {
        Path kernel = elf(4096);
        Path absent = directory.resolve("absent");
        expectRefused(
                "initrd",
                "does not exist",
                vm -> vm.boot(LinuxBoot.kernel(kernel).initrd(absent)));
    }

    @Test
    void build_initrdLargerThanMemory_isRefused() throws IOException {
        Path kernel = elf(4096);
        Path initrd = directory.resolve("initrd");
        try (var sparse = new RandomAccessFile(initrd.toFile(), "rw")) {
            sparse.setLength(200L << 20);
        }
        expectRefused(
                "initrd",
                "give it more memory",
                vm -> vm.boot(LinuxBoot.kernel(kernel).initrd(initrd)));
    }

    @Test
    void build_commandLineTooLong_isRefused() throws IOException {
        Path kernel = elf(4096);
        expectRefused(
                "cmdline", "shorten it", vm -> vm.boot(LinuxBoot.kernel(kernel).commandLine("x".repeat(5000))));
    }

    @Test
    void build_overlappingDevices_isRefused() {
        MmioDevice device = new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                return 0;
            }

            @Override
            public void write(long offset, int size, long value) {}
        };
        expectRefused(
                "mmio", "overlaps", vm -> vm.mmio(0xd000_0000L, 0x1000, device).mmio(0xd000_0800L, 0x1000, device));
    }

    @Test
    void build_twoDevicesOnOneInterrupt_isRefused() {
        SerialConfig first = SerialConfig.to(OutputStream.nullOutputStream());
        SerialConfig second = first.at(SerialPort.of(0x3e8, 4));
        expectRefused(
                "interrupt",
                "belongs to one device",
                vm -> vm.device(Serial.with(first)).device(Serial.with(second)));
    }
}
