// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PvhKernelTest {
    private static final long LOAD = 0x20_0000;
    private static final long START_INFO = 0x6000;
    private static final byte[] CODE = Samples.bytes(1, 0x1000);

    @TempDir
    private Path directory;

    private final FakeMachine machine = FakeMachine.ofMebibytes(8, 2);
    private final GuestMemory memory = machine.memory();

    @AfterEach
    void close() {
        machine.close();
    }

    private static ElfBuilder elf() {
        return ElfBuilder.of64().entry(LOAD).load(LOAD, CODE);
    }

    private LinuxBoot boot(ElfBuilder elf) {
        return LinuxBoot.kernel(Samples.write(directory.resolve("vmlinux"), elf.build()));
    }

    private EntryState load(ElfBuilder elf) {
        return boot(elf).load(machine.context());
    }

    private void assertRefused(ElfBuilder elf, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> load(elf))
                .withMessageContaining(message);
    }

    @Test
    void load_pvhNote_startsThereIn32Bits() {
        EntryState entry = load(elf().notes(ElfBuilder.pvhNote(LOAD + 0x850)));
        assertThat(entry).isEqualTo(EntryState.protected32(LOAD + 0x850).withRbx(START_INFO));
        assertThat(machine.bytes(LOAD, CODE.length)).isEqualTo(CODE);
    }

    @Test
    void load_noteBehindOthers_isFound() {
        ElfBuilder elf = elf().notes(ElfBuilder.note("GNU", 3, new byte[20]))
                .notes(
                        ElfBuilder.note("Xen", 6, "linux\0".getBytes(StandardCharsets.US_ASCII)),
                        ElfBuilder.note("Linux", 18, new byte[8]),
                        ElfBuilder.pvhNote(LOAD + 4));
        assertThat(load(elf).rip()).isEqualTo(LOAD + 4);
    }

    @Test
    void load_32BitElf_isStartedToo() {
        ElfBuilder elf = ElfBuilder.of32().entry(LOAD).load(LOAD, CODE).notes(ElfBuilder.note("Xen", 18, new byte[] {
            0x10, 0, 0x20, 0
        }));
        assertThat(load(elf)).isEqualTo(EntryState.protected32(LOAD + 0x10).withRbx(START_INFO));
    }

    @Test
    void load_noteOfAnotherOwner_isNotTaken() {
        assertThat(load(elf().notes(ElfBuilder.note("Zen", 18, new byte[8]))).mode())
                .isEqualTo(CpuMode.LONG_64);
    }

    @Test
    void load_startInfo_describesTheMachine() {
        machine.fill(0xa5);
        var _ = boot(elf().notes(ElfBuilder.pvhNote(LOAD))).commandLine("quiet").load(machine.context());

        assertThat(memory.getInt(START_INFO)).as("magic").isEqualTo(0x336ec578);
        assertThat(memory.getInt(START_INFO + 4)).as("version").isEqualTo(1);
        assertThat(memory.getInt(START_INFO + 8)).as("flags").isZero();
        assertThat(memory.getInt(START_INFO + 12)).as("nr_modules").isZero();
        assertThat(memory.getLong(START_INFO + 16)).as("modlist_paddr").isZero();
        assertThat(machine.string(memory.getLong(START_INFO + 24))).isEqualTo("quiet");
        assertThat(memory.getLong(START_INFO + 32)).as("rsdp_paddr").isEqualTo(FakeMachine.RSDP);
        assertThat(memory.getInt(START_INFO + 48)).as("memmap_entries").isEqualTo(4);
        assertThat(memory.getInt(START_INFO + 52)).as("reserved").isZero();
        long map = memory.getLong(START_INFO + 40);
        assertThat(memory.getLong(map + 24)).isEqualTo(0x9_fc00);
        assertThat(memory.getLong(map + 32)).isEqualTo(0x10_0000 - 0x9_fc00);
        assertThat(memory.getInt(map + 40)).isEqualTo(2);
        assertThat(memory.getInt(map + 44)).isZero();
        assertThat(memory.getLong(map + 72)).isEqualTo(1L << 32);
    }

    @Test
    void load_initrd_isTheFirstModule() {
        byte[] initrd = Samples.bytes(3, 5000);
        var _ = boot(elf().notes(ElfBuilder.pvhNote(LOAD)))
                .initrd(Samples.write(directory.resolve("initrd"), initrd))
                .load(machine.context());
        assertThat(memory.getInt(START_INFO + 12)).isEqualTo(1);
        long module = memory.getLong(START_INFO + 16);
        long base = memory.getLong(module);
        assertThat(base).as("below 4 GiB: Linux keeps 32 bits of it").isEqualTo((8 << 20) - 8192);
        assertThat(memory.getLong(module + 8)).isEqualTo(5000);
        assertThat(memory.getLong(module + 16)).isZero();
        assertThat(memory.getLong(module + 24)).isZero();
        assertThat(machine.bytes(base, 5000)).isEqualTo(initrd);
    }

    @Test
    void load_entryOutsideOfSegments_isRefused() {
        assertRefused(elf().notes(ElfBuilder.pvhNote(LOAD + CODE.length)), "in none of its segments");
    }

    @Test
    void load_entryBeyond32Bits_isRefused() {
        assertRefused(elf().notes(ElfBuilder.pvhNote(0x1_0020_0000L)), "not below 4 GiB");
    }

    @Test
    void load_entryOfOddSize_isRefused() {
        assertRefused(elf().notes(ElfBuilder.note("Xen", 18, new byte[2])), "2 bytes");
    }

    @Test
    void load_noteSizesThatOverflow_areRefused() {
        for (int size : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, -12, 0x1_0000}) {
            for (int field : new int[] {0, 4}) {
                byte[] note = ElfBuilder.pvhNote(LOAD);
                ByteBuffer.wrap(note).order(ByteOrder.LITTLE_ENDIAN).putInt(field, size);
                assertRefused(elf().notes(note), "goes beyond its end");
            }
        }
    }

    @Test
    void load_notesWithoutEnd_areBounded() {
        assertRefused(elf().notes(new byte[0x1_0001]), "larger than 65536 bytes");
        assertThat(load(elf().notes(new byte[0x1_0000])).mode())
                .as("nothing but empty notes")
                .isEqualTo(CpuMode.LONG_64);
    }

    @Test
    void load_notesPaddedTo8Bytes_areRead() {
        byte[] property = ElfBuilder.note("GNU", 5, new byte[12]);
        byte[] padded = Arrays.copyOf(property, 32);
        byte[] file = elf().notes(padded, ElfBuilder.pvhNote(LOAD + 8)).build();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(ElfBuilder.PHDRS_64 + 56 + 0x30, 8);
        Path path = Samples.write(directory.resolve("vmlinux"), file);
        assertThat(LinuxBoot.kernel(path).load(machine.context()).rip()).isEqualTo(LOAD + 8);
    }
}
