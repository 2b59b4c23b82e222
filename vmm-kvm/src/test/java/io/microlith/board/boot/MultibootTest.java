// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultibootTest {
    private static final int LOAD = 0x10_0000;
    private static final long INFO = 0x6000;
    private static final byte[] CODE = Samples.bytes(1, 0x1000);

    @TempDir
    private Path directory;

    private final FakeMachine machine = FakeMachine.ofMebibytes(8, 2);
    private final GuestMemory memory = machine.memory();

    @AfterEach
    void close() {
        machine.close();
    }

    private Multiboot boot(byte[] file) {
        return Multiboot.kernel(Samples.write(directory.resolve("kernel"), file));
    }

    private EntryState load(byte[] file) {
        return boot(file).load(machine.context());
    }

    private void assertRefused(byte[] file, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> load(file))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.setting()).isEqualTo("kernel"));
    }

    /** A file of header and code at {@link #LOAD}, which the header says itself. */
    private static byte[] flat() {
        return flat(0, 0, LOAD + 32);
    }

    private static byte[] flat(int loadEnd, int bssEnd, int entry) {
        byte[] header = MultibootBuilder.header(MultibootBuilder.ADDRESSES, LOAD, LOAD, loadEnd, bssEnd, entry);
        return MultibootBuilder.file(0, header, CODE);
    }

    private static byte[] elf32() {
        byte[] text = MultibootBuilder.file(0, MultibootBuilder.header(MultibootBuilder.ALIGN), CODE);
        return ElfBuilder.of32().entry(LOAD + 12).load(LOAD, text).build();
    }

    @Test
    void load_elf32_startsWithTheMagicNumberAndTheInfo() {
        EntryState entry = load(elf32());
        assertThat(entry)
                .isEqualTo(
                        EntryState.protected32(LOAD + 12).withRax(0x2badb002L).withRbx(INFO));
        assertThat(machine.bytes(LOAD + 12, CODE.length)).isEqualTo(CODE);
    }

    @Test
    void load_addresses_loadTheWholeFile() {
        EntryState entry = load(flat());
        assertThat(entry.rip()).isEqualTo(LOAD + 32);
        assertThat(machine.bytes(LOAD + 32, CODE.length)).isEqualTo(CODE);
        assertThat(memory.getByte(LOAD + 32 + CODE.length)).isZero();
    }

    @Test
    void load_addressesWithEnds_loadAPartAndZeroTheRest() {
        machine.fill(0xa5);
        load(flat(LOAD + 100, LOAD + 200, LOAD + 32));
        assertThat(machine.bytes(LOAD + 32, 68)).isEqualTo(Arrays.copyOf(CODE, 68));
        assertThat(machine.bytes(LOAD + 100, 100)).containsOnly(0);
        assertThat(memory.getByte(LOAD + 200)).isEqualTo((byte) 0xa5);
    }

    @Test
    void load_headerNotAtTheStart_loadsFromWhereTheAddressesSay() {
        // 4096 bytes before the header, of which the last 0x100 are loaded too.
        byte[] header = MultibootBuilder.header(MultibootBuilder.ADDRESSES, LOAD + 0x100, LOAD, 0, 0, LOAD + 0x120);
        load(MultibootBuilder.file(4096, header, CODE));
        assertThat(memory.getInt(LOAD + 0x100)).isEqualTo(MultibootBuilder.MAGIC);
        assertThat(machine.bytes(LOAD + 0x120, CODE.length)).isEqualTo(CODE);
    }

    @Test
    void load_addressesInA64BitElf_areTaken() {
        byte[] header = MultibootBuilder.header(MultibootBuilder.ADDRESSES, LOAD + 120, LOAD, 0, 0, LOAD + 120 + 32);
        byte[] text = MultibootBuilder.file(0, header, CODE);
        byte[] file = ElfBuilder.of64().entry(LOAD).load(LOAD, text).build();
        assertThat(load(file).rip()).isEqualTo(LOAD + 120 + 32);
        assertThat(memory.getInt(LOAD)).isEqualTo(0x464c457f);
    }

    @Test
    void load_elf64WithoutAddresses_isRefused() {
        byte[] text = MultibootBuilder.file(0, MultibootBuilder.header(0), CODE);
        assertRefused(ElfBuilder.of64().entry(LOAD).load(LOAD, text).build(), "64-bit ELF");
    }

    @Test
    void load_lastPossibleHeader_isFound() {
        byte[] header = MultibootBuilder.header(MultibootBuilder.ADDRESSES, LOAD + 0x1fe0, LOAD, 0, 0, LOAD);
        assertThat(load(MultibootBuilder.file(0x1fe0, header, CODE)).rip()).isEqualTo(LOAD);
    }

    @Test
    void load_headerTooFarOrMisaligned_isNotFound() {
        byte[] header = MultibootBuilder.header(0);
        assertRefused(MultibootBuilder.file(0x1ff8, header, CODE), "no multiboot header");
        assertRefused(MultibootBuilder.file(2, header, CODE), "no multiboot header");
        assertRefused(CODE, "no multiboot header");
    }

    @Test
    void load_wrongChecksum_isNoHeader() {
        byte[] file = flat();
        file[8]++;
        assertRefused(file, "no multiboot header");
    }

    @Test
    void load_requirementsOfAMachineWithMore_areRefused() {
        assertRefused(MultibootBuilder.header(MultibootBuilder.VIDEO), "video mode");
        assertRefused(MultibootBuilder.header(8), "flags 0x8");
    }

    @Test
    void load_optionsNobodyKnows_areIgnored() {
        int flags = MultibootBuilder.ADDRESSES | 1 << 17;
        byte[] header = MultibootBuilder.header(flags, LOAD, LOAD, 0, 0, LOAD);
        assertThat(load(MultibootBuilder.file(0, header, CODE)).rip()).isEqualTo(LOAD);
    }

    @Test
    void load_brokenAddresses_areRefused() {
        int[][] broken = {
            {LOAD - 4, LOAD, 0, 0, LOAD},
            {LOAD + 4, LOAD, 0, 0, LOAD},
            {-1, 0, 0, 0, LOAD},
            {LOAD, LOAD, LOAD, 0, LOAD},
            {LOAD, LOAD, LOAD - 1, 0, LOAD},
            {LOAD, LOAD, -1, 0, LOAD},
            {LOAD, LOAD, LOAD + 100, LOAD + 99, LOAD},
            {LOAD, LOAD, 0, -1, LOAD},
            {LOAD, LOAD, 0, 0, LOAD - 1},
            {LOAD, LOAD, 0, 0, LOAD + 32 + 0x1000},
            {0x7000, 0x7000, 0, 0, 0x7000},
            {-4096, -4096, 0, 0, -4096},
        };
        for (int[] addresses : broken) {
            byte[] header = MultibootBuilder.header(MultibootBuilder.ADDRESSES, addresses);
            assertThatExceptionOfType(ConfigException.class)
                    .as("%s", Arrays.toString(addresses))
                    .isThrownBy(() -> load(MultibootBuilder.file(0, header, CODE)));
        }
    }

    @Test
    void load_truncatedHeader_isRefused() {
        byte[] header = MultibootBuilder.header(MultibootBuilder.ADDRESSES, LOAD, LOAD, 0, 0, LOAD);
        assertRefused(Arrays.copyOf(header, 31), "header is not complete");
    }

    @Test
    void load_info_describesTheMachine() {
        machine.fill(0xa5);
        var _ = boot(flat()).commandLine("kernel --flag").load(machine.context());

        assertThat(memory.getInt(INFO)).as("flags").isEqualTo(0x24d);
        assertThat(memory.getInt(INFO + 4)).as("mem_lower").isEqualTo(639);
        assertThat(memory.getInt(INFO + 8)).as("mem_upper").isEqualTo(7 << 10);
        assertThat(memory.getInt(INFO + 12)).as("boot_device").isZero();
        assertThat(machine.string(memory.getInt(INFO + 16))).isEqualTo("kernel --flag");
        assertThat(memory.getInt(INFO + 20)).as("mods_count").isZero();
        assertThat(machine.string(memory.getInt(INFO + 64))).isEqualTo("Microlith");
    }

    @Test
    void load_info_hasTheMemoryMap() {
        var _ = boot(flat()).load(machine.context());
        int length = memory.getInt(INFO + 44);
        long map = memory.getInt(INFO + 48);
        assertThat(length).isEqualTo(4 * 24);
        for (E820Entry entry : machine.context().memoryMap()) {
            assertThat(memory.getInt(map)).isEqualTo(20);
            assertThat(memory.getLong(map + 4)).isEqualTo(entry.base());
            assertThat(memory.getLong(map + 12)).isEqualTo(entry.size());
            assertThat(memory.getInt(map + 20)).isEqualTo(entry.type().code());
            map += memory.getInt(map) + 4;
        }
    }

    @Test
    void load_modules_areOnPagesBehindTheKernel() {
        byte[] first = Samples.bytes(2, 5000);
        byte[] second = Samples.bytes(3, 1);
        var _ = boot(flat(0, LOAD + 0x2000, LOAD))
                .module(Samples.write(directory.resolve("first"), first), "first --x")
                .module(Samples.write(directory.resolve("second"), second), "")
                .load(machine.context());

        assertThat(memory.getInt(INFO + 20)).isEqualTo(2);
        long list = memory.getInt(INFO + 24);
        assertThat(memory.getInt(list)).isEqualTo(LOAD + 0x2000);
        assertThat(memory.getInt(list + 4)).isEqualTo(LOAD + 0x2000 + 5000);
        assertThat(machine.string(memory.getInt(list + 8))).isEqualTo("first --x");
        assertThat(memory.getInt(list + 12)).isZero();
        assertThat(machine.bytes(LOAD + 0x2000, 5000)).isEqualTo(first);
        assertThat(memory.getInt(list + 16)).isEqualTo(LOAD + 0x4000);
        assertThat(memory.getInt(list + 20)).isEqualTo(LOAD + 0x4001);
        assertThat(machine.string(memory.getInt(list + 24))).isEmpty();
        assertThat(memory.getByte(LOAD + 0x4000)).isEqualTo(second[0]);
    }

    @Test
    void load_kernelInConventionalMemory_hasItsModulesBeyondTheFirstMebibyte() {
        byte[] header = MultibootBuilder.header(MultibootBuilder.ADDRESSES, 0x4_0000, 0x4_0000, 0, 0, 0x4_0000);
        var _ = boot(MultibootBuilder.file(0, header, CODE))
                .module(Samples.write(directory.resolve("module"), CODE), "")
                .load(machine.context());
        assertThat(memory.getInt(memory.getInt(INFO + 24))).isEqualTo(0x10_0000);
    }

    @Test
    void load_moduleThatDoesNotFit_isRefused() {
        Multiboot boot = boot(flat()).module(Samples.write(directory.resolve("module"), new byte[7 << 20]), "x");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> boot.load(machine.context()))
                .withMessageContaining("does not fit behind the kernel")
                .satisfies(e -> assertThat(e.setting()).isEqualTo("module"));
    }

    @Test
    void load_tooManyOrTooTalkativeModules_areRefused() {
        Path module = Samples.write(directory.resolve("module"), CODE);
        Multiboot many = boot(flat());
        for (int i = 0; i < 257; i++) {
            many = many.module(module, "");
        }
        Multiboot tooMany = many;
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> tooMany.load(machine.context()))
                .withMessageContaining("257 are too many");

        Multiboot fits = boot(flat()).module(module, "x".repeat(0x1_0000 - 17));
        var _ = fits.load(machine.context());
        assertThat(memory.getByte(0x1_fffe)).isEqualTo((byte) 'x');
        assertThat(memory.getByte(0x1_ffff)).isZero();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> fits.module(module, "").load(machine.context()))
                .withMessageContaining("strings");
    }

    @Test
    void load_everyTruncation_isRefusedOrLoadsWhatIsThere() {
        byte[] whole = elf32();
        for (int length = 0; length < whole.length; length += 7) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(ConfigException.class)
                    .as("length %d", length)
                    .isThrownBy(() -> load(cut));
        }
    }
}
