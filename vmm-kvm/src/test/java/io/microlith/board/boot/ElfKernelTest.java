// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfKernelTest {
    private static final long LOAD = 0x20_0000;
    private static final long ZERO_PAGE = 0x7000;
    private static final int FIRST_PHDR = ElfBuilder.PHDRS_64;
    private static final byte[] CODE = Samples.bytes(1, 0x1234);

    @TempDir
    private Path directory;

    private final FakeMachine machine = FakeMachine.ofMebibytes(8);
    private final GuestMemory memory = machine.memory();
    private final ElfBuilder elf = ElfBuilder.of64().entry(LOAD).load(LOAD, CODE);

    @AfterEach
    void close() {
        machine.close();
    }

    private LinuxBoot boot(byte[] file) {
        return LinuxBoot.kernel(Samples.write(directory.resolve("vmlinux"), file));
    }

    private EntryState load(ElfBuilder builder) {
        return boot(builder.build()).load(machine.context());
    }

    private void assertRefused(byte[] file, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> boot(file).load(machine.context()))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.setting()).isEqualTo("kernel"));
    }

    private byte[] broken(Consumer<ByteBuffer> damage) {
        byte[] file = elf.build();
        damage.accept(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
        return file;
    }

    @Test
    void load_segments_areAtTheirPhysicalAddresses() {
        byte[] data = Samples.bytes(2, 100);
        EntryState entry = load(elf.load(0xffff_ffff_8030_0000L, 0x30_0000, data, data.length));

        assertThat(entry).isEqualTo(EntryState.long64(LOAD).withRsi(ZERO_PAGE));
        assertThat(machine.bytes(LOAD, CODE.length)).isEqualTo(CODE);
        assertThat(machine.bytes(0x30_0000, 100)).isEqualTo(data);
    }

    @Test
    void load_bss_isZeroWhateverWasThere() {
        machine.fill(0xa5);
        load(elf.load(0x30_0000, 0x30_0000, Samples.bytes(2, 100), 5000));
        assertThat(machine.bytes(0x30_0064, 4900)).containsOnly(0);
        assertThat(memory.getByte(0x30_0000 + 5000)).isEqualTo((byte) 0xa5);
    }

    @Test
    void load_virtualEntryPoint_isTranslated() {
        byte[] data = Samples.bytes(2, 100);
        elf.load(0xffff_ffff_8030_0000L, 0x30_0000, data, data.length).entry(0xffff_ffff_8030_0010L);
        assertThat(load(elf).rip()).isEqualTo(0x30_0010);
    }

    @Test
    void load_segmentInConventionalMemory_isTaken() {
        assertThat(load(ElfBuilder.of64().entry(0x3_0000).load(0x3_0000, CODE)).rip())
                .isEqualTo(0x3_0000);
    }

    @Test
    void load_zeroPage_isThatOfALoaderWithoutSetupHeader() {
        machine.fill(0xa5);
        load(elf);
        assertThat(memory.getShort(ZERO_PAGE + 0x1fe)).isEqualTo((short) 0xaa55);
        assertThat(memory.getInt(ZERO_PAGE + 0x202)).isEqualTo(0x53726448);
        assertThat(memory.getShort(ZERO_PAGE + 0x206)).isEqualTo((short) 0x20c);
        assertThat(memory.getByte(ZERO_PAGE + 0x210)).isEqualTo((byte) 0xff);
        assertThat(memory.getInt(ZERO_PAGE + 0x228)).isEqualTo(0x2_0000);
        assertThat(memory.getByte(ZERO_PAGE + 0x1e8)).isEqualTo((byte) 3);
        assertThat(memory.getLong(ZERO_PAGE + 0x070)).isEqualTo(FakeMachine.RSDP);
        assertThat(memory.getByte(ZERO_PAGE + 0xfff)).isZero();
    }

    @Test
    void load_initrd_isAtTheTop() {
        byte[] initrd = Samples.bytes(3, 5000);
        boot(elf.build())
                .initrd(Samples.write(directory.resolve("initrd"), initrd))
                .load(machine.context());
        assertThat(memory.getInt(ZERO_PAGE + 0x218)).isEqualTo((8 << 20) - 8192);
        assertThat(machine.bytes((8 << 20) - 8192, 5000)).isEqualTo(initrd);
    }

    @Test
    void load_commandLineThatLinuxWouldCut_isRefused() {
        LinuxBoot boot = boot(elf.build());
        boot.commandLine("x".repeat(2047)).load(machine.context());
        assertThat(machine.string(0x2_0000)).hasSize(2047);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> boot.commandLine("x".repeat(2048)).load(machine.context()))
                .withMessageContaining("cmdline: is too long");
    }

    @Test
    void load_emptySegment_isPassedOver() {
        assertThat(load(elf.load(-1, -1, new byte[0], 0)).rip()).isEqualTo(LOAD);
    }

    @Test
    void load_segmentWithMoreInTheFileThanInMemory_isRefused() {
        assertRefused(broken(file -> file.putLong(FIRST_PHDR + 0x28, 100)), "more bytes in the file");
        assertRefused(broken(file -> file.putLong(FIRST_PHDR + 0x20, -1)), "more bytes in the file");
    }

    @Test
    void load_segmentBeyondTheFile_isRefused() {
        assertRefused(broken(file -> file.putLong(FIRST_PHDR + 0x08, 1000)), "truncated or broken: its segment 0");
        assertRefused(broken(file -> file.putLong(FIRST_PHDR + 0x08, -1)), "truncated or broken: its segment 0");
        assertRefused(broken(file -> file.putLong(FIRST_PHDR + 0x08, Long.MAX_VALUE)), "truncated or broken");
    }

    @Test
    void load_segmentThatWraps_isRefused() {
        assertRefused(broken(file -> file.putLong(FIRST_PHDR + 0x28, -1)), "not below 4 GiB");
        assertRefused(broken(file -> file.putLong(FIRST_PHDR + 0x18, -0x1000)), "not below 4 GiB");
        assertRefused(broken(file -> file.putLong(FIRST_PHDR + 0x28, -LOAD)), "not below 4 GiB");
    }

    @Test
    void load_segmentLargerThanMemory_isRefused() {
        assertRefused(broken(file -> file.putLong(FIRST_PHDR + 0x28, 64 << 20)), "give it at least 66 MiB");
    }

    @Test
    void load_segmentsThatOverlap_areRefused() {
        assertRefused(elf.load(LOAD + 0x1233, CODE).build(), "over its segment 0 at 0x200000-0x201233");
    }

    @Test
    void load_segmentOverTheBootStructures_isRefused() {
        assertRefused(elf.load(0x7000, CODE).build(), "over the boot structures");
    }

    @Test
    void load_segmentOverFirmware_isRefused() {
        assertRefused(elf.load(0xf_0000, CODE).build(), "no RAM");
    }

    @Test
    void load_entryOutsideOfSegments_isRefused() {
        assertRefused(elf.entry(LOAD + CODE.length).build(), "in none of its segments");
        assertRefused(elf.entry(-1).build(), "in none of its segments");
    }

    @Test
    void load_entryInAnEmptySegment_isRefused() {
        elf.load(0x30_0000, 0x30_0000, CODE, 0).entry(0x30_0000);
        assertRefused(elf.build(), "in none of its segments");
    }

    @Test
    void load_nothingToLoad_isRefused() {
        assertRefused(
                ElfBuilder.of64().notes(ElfBuilder.note("GNU", 3, new byte[20])).build(), "in none of its");
    }

    @Test
    void load_segmentCounts_areBounded() {
        assertRefused(broken(file -> file.putShort(0x38, (short) 0)), "with 0 program headers");
        assertRefused(broken(file -> file.putShort(0x38, (short) 0xffff)), "with 65535 program headers");
        assertRefused(broken(file -> file.putShort(0x38, (short) 128)), "truncated or broken: its program headers");
        assertRefused(broken(file -> file.putShort(0x36, (short) 55)), "55 bytes each");
        assertRefused(broken(file -> file.putLong(0x20, -1)), "truncated or broken: its program headers");
    }

    @Test
    void load_otherMachines_areRefused() {
        assertRefused(broken(file -> file.putShort(0x12, (short) 183)), "another processor, number 183");
        assertRefused(broken(file -> file.put(5, (byte) 2)), "not a little-endian one");
        assertRefused(broken(file -> file.put(4, (byte) 3)), "not a little-endian one");
    }

    @Test
    void load_programOfAnOperatingSystem_isRefused() {
        byte[] file = elf.notes().build();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(FIRST_PHDR + ElfBuilder.PHDR_SIZE_64, 3);
        assertRefused(file, "is a program, dynamically linked");
    }

    @Test
    void load_objectFile_isRefused() {
        assertRefused(broken(file -> file.putShort(0x10, (short) 1)), "not an executable");
    }

    @Test
    void load_32BitElfWithoutBootHeader_isRefused() {
        assertRefused(ElfBuilder.of32().entry(LOAD).load(LOAD, CODE).build(), "32-bit ELF file with neither");
    }

    @Test
    void load_everyTruncation_isRefused() {
        byte[] whole = ElfBuilder.of64()
                .entry(LOAD)
                .notes(ElfBuilder.note("GNU", 3, new byte[20]))
                .load(LOAD, Samples.bytes(1, 300))
                .build();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(ConfigException.class)
                    .as("length %d", length)
                    .isThrownBy(() -> boot(cut).load(machine.context()));
        }
        assertThat(boot(whole).load(machine.context()).rip()).isEqualTo(LOAD);
    }
}
