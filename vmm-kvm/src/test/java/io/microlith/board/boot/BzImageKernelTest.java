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

class BzImageKernelTest {
    private static final long PREFERRED = 0x100_0000;
    private static final long ZERO_PAGE = 0x7000;
    private static final long TOP = 32 << 20;

    @TempDir
    private Path directory;

    private final FakeMachine machine = FakeMachine.ofMebibytes(32, 2);
    private final GuestMemory memory = machine.memory();
    private final BzImageBuilder image = new BzImageBuilder(Samples.bytes(1, 0x8000));

    @AfterEach
    void close() {
        machine.close();
    }

    private LinuxBoot boot() {
        return LinuxBoot.kernel(Samples.write(directory.resolve("vmlinuz"), image.build()));
    }

    private LinuxBoot bootWithInitrd(byte[] content) {
        return boot().initrd(Samples.write(directory.resolve("initrd"), content));
    }

    private EntryState load(LinuxBoot boot) {
        return boot.load(machine.context());
    }

    private void assertRefused(LinuxBoot boot, String setting, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> load(boot))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.setting()).isEqualTo(setting))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void load_relocatableKernel_goesToItsPreferredAddress() {
        EntryState entry = load(boot());

        assertThat(entry).isEqualTo(EntryState.long64(PREFERRED + 0x200).withRsi(ZERO_PAGE));
        assertThat(machine.bytes(PREFERRED, 0x8000)).isEqualTo(image.payload());
        assertThat(memory.getByte(PREFERRED + 0x8000)).isZero();
        assertThat(memory.getByte(PREFERRED - 1)).isZero();
    }

    @Test
    void load_preferredAddressOffItsAlignment_isAligned() {
        image.prefAddress(0x100_1000);
        assertThat(load(boot()).rip()).isEqualTo(0x120_0200);
        assertThat(memory.getInt(ZERO_PAGE + 0x214)).isEqualTo(0x120_0000);
    }

    @Test
    void load_noPreferredAddress_isTheEndOfTheFirstMebibyte() {
        image.prefAddress(0).alignment(0x1000);
        assertThat(load(boot()).rip()).isEqualTo(0x10_0200);
    }

    @Test
    void load_kernelThatMovesItself_goesToTheTraditionalAddress() {
        image.relocatable(0);
        assertThat(load(boot()).rip()).isEqualTo(0x10_0200);
        assertThat(machine.bytes(0x10_0000, 0x8000)).isEqualTo(image.payload());
    }

    @Test
    void load_oldSetupSectorCountOfZero_meansFour() {
        byte[] payload = Samples.bytes(2, 0x2000);
        BzImageBuilder old = new BzImageBuilder(payload).setupSects(0);
        // Two more sectors of setup come from the payload.
        old.putInt(0x1f4, (0x2000 - 1024) / 16);
        Path file = Samples.write(directory.resolve("old"), old.build());
        load(LinuxBoot.kernel(file));
        assertThat(machine.bytes(PREFERRED, 0x2000 - 1024)).isEqualTo(Arrays.copyOfRange(payload, 1024, 0x2000));
    }

    @Test
    void load_bytesBehindTheKernel_areLeftInTheFile() {
        byte[] signed = Arrays.copyOf(image.build(), image.build().length + 1472);
        Arrays.fill(signed, signed.length - 1472, signed.length, (byte) 0xee);
        load(LinuxBoot.kernel(Samples.write(directory.resolve("signed"), signed)));
        assertThat(memory.getByte(PREFERRED + 0x8000)).isZero();
    }

    @Test
    void load_zeroPage_hasTheSetupHeaderAndNothingBeforeIt() {
        load(boot());

        assertThat(memory.getByte(ZERO_PAGE + 0x1ef)).as("sentinel").isZero();
        assertThat(memory.getByte(ZERO_PAGE + 0x1f0)).isZero();
        assertThat(memory.getByte(ZERO_PAGE + 0x1f1)).isEqualTo((byte) 2);
        assertThat(memory.getInt(ZERO_PAGE + 0x202)).isEqualTo(0x53726448);
        assertThat(memory.getShort(ZERO_PAGE + 0x206)).isEqualTo((short) 0x20f);
        assertThat(memory.getLong(ZERO_PAGE + 0x258)).isEqualTo(PREFERRED);
        // The header ends at 0x202 + 0x6a; 0xcc follows it in the file.
        assertThat(memory.getByte(ZERO_PAGE + 0x26b)).isEqualTo((byte) 0xcc);
        assertThat(memory.getByte(ZERO_PAGE + 0x26c)).isZero();
    }

    @Test
    void load_headerLongerThanItsRoom_isCutThere() {
        image.putByte(0x201, 0xff);
        load(boot());
        assertThat(memory.getByte(ZERO_PAGE + 0x28f)).isEqualTo((byte) 0xcc);
        assertThat(memory.getByte(ZERO_PAGE + 0x290)).isZero();
    }

    @Test
    void load_zeroPage_hasWhatALoaderMustSay() {
        load(boot());
        assertThat(memory.getByte(ZERO_PAGE + 0x210)).as("type_of_loader").isEqualTo((byte) 0xff);
        assertThat(memory.getShort(ZERO_PAGE + 0x1fa)).as("vid_mode").isEqualTo((short) 0xffff);
        assertThat(memory.getInt(ZERO_PAGE + 0x214)).as("code32_start").isEqualTo((int) PREFERRED);
        assertThat(memory.getInt(ZERO_PAGE + 0x218)).as("ramdisk_image").isZero();
        assertThat(memory.getInt(ZERO_PAGE + 0x21c)).as("ramdisk_size").isZero();
        assertThat(memory.getInt(ZERO_PAGE + 0x228)).as("cmd_line_ptr").isEqualTo(0x2_0000);
        assertThat(memory.getLong(ZERO_PAGE + 0x070)).as("acpi_rsdp_addr").isEqualTo(FakeMachine.RSDP);
    }

    @Test
    void load_zeroPage_hasTheMemoryMap() {
        load(boot());
        assertThat(memory.getByte(ZERO_PAGE + 0x1e8)).isEqualTo((byte) 4);
        assertThat(memory.getLong(ZERO_PAGE + 0x2d0)).isZero();
        assertThat(memory.getLong(ZERO_PAGE + 0x2d8)).isEqualTo(0x9_fc00);
        assertThat(memory.getInt(ZERO_PAGE + 0x2e0)).isEqualTo(1);
        assertThat(memory.getInt(ZERO_PAGE + 0x2e0 + 20)).isEqualTo(2);
        assertThat(memory.getLong(ZERO_PAGE + 0x2d0 + 60)).isEqualTo(1L << 32);
        assertThat(memory.getLong(ZERO_PAGE + 0x2d8 + 60)).isEqualTo(2 << 20);
        assertThat(memory.getLong(ZERO_PAGE + 0x2d0 + 80)).isZero();
    }

    @Test
    void load_commandLine_endsWithZeroWhateverWasThere() {
        machine.fill(0xa5);
        load(boot().commandLine("console=ttyS0 x=ü"));
        assertThat(machine.string(0x2_0000)).isEqualTo("console=ttyS0 x=ü");
    }

    @Test
    void load_noCommandLine_isAnEmptyOne() {
        machine.fill(0xa5);
        load(boot());
        assertThat(machine.string(0x2_0000)).isEmpty();
    }

    @Test
    void load_commandLineOfTheLongestLength_isTaken() {
        image.putInt(0x238, 10);
        load(boot().commandLine("0123456789"));
        assertThat(machine.string(0x2_0000)).isEqualTo("0123456789");
        assertRefused(boot().commandLine("01234567890"), "cmdline", "11 bytes, and this kernel takes at most 10");
    }

    @Test
    void load_commandLineBeyondItsRoom_isRefusedWhateverTheKernelTakes() {
        image.putInt(0x238, -1);
        load(boot().commandLine("x".repeat(0xffff)));
        assertThat(memory.getByte(0x2_fffe)).isEqualTo((byte) 'x');
        assertThat(memory.getByte(0x2_ffff)).isZero();
        assertRefused(boot().commandLine("x".repeat(0x1_0000)), "cmdline", "too long");
    }

    @Test
    void load_commandLineWithZero_isRefused() {
        assertRefused(boot().commandLine("quiet\0init=/bin/sh"), "cmdline", "zero character");
    }

    @Test
    void load_initrd_isAtTheTopOfLowMemory() {
        byte[] initrd = Samples.bytes(3, 10_000);
        load(bootWithInitrd(initrd));
        long base = TOP - 3 * 4096;
        assertThat(machine.bytes(base, initrd.length)).isEqualTo(initrd);
        assertThat(memory.getInt(ZERO_PAGE + 0x218)).isEqualTo((int) base);
        assertThat(memory.getInt(ZERO_PAGE + 0x21c)).isEqualTo(10_000);
        assertThat(memory.getLong(ZERO_PAGE + 0x0c0)).as("ext_ramdisk_*").isZero();
    }

    @Test
    void load_initrdWithAHighestAddress_staysBelowIt() {
        image.putInt(0x22c, 0x17f_ffff);
        load(bootWithInitrd(Samples.bytes(3, 4096)));
        assertThat(memory.getInt(ZERO_PAGE + 0x218)).isEqualTo(0x17f_f000);
    }

    @Test
    void load_initrdThatOnlyFitsAbove_goesThereIfTheKernelFindsIt() {
        image.putInt(0x22c, 0xf_ffff).initSize(15 << 20); // Below 1 MiB there is less than half a MiB.
        byte[] initrd = Samples.bytes(4, 1 << 20);
        load(bootWithInitrd(initrd));
        long base = (1L << 32) + (1 << 20);
        assertThat(machine.bytes(base, initrd.length)).isEqualTo(initrd);
        assertThat(memory.getInt(ZERO_PAGE + 0x218)).isEqualTo(1 << 20);
        assertThat(memory.getInt(ZERO_PAGE + 0x0c0)).isEqualTo(1);
        assertThat(memory.getInt(ZERO_PAGE + 0x21c)).isEqualTo(1 << 20);
        assertThat(memory.getInt(ZERO_PAGE + 0x0c4)).isZero();
    }

    @Test
    void load_initrdThatOnlyFitsAbove_isRefusedIfTheKernelDoesNotFindIt() {
        image.putInt(0x22c, 0xf_ffff).xloadflags(1);
        assertRefused(bootWithInitrd(Samples.bytes(4, 1 << 20)), "initrd", "does not fit: 1048576 bytes");
    }

    @Test
    void load_initrd_staysOffTheMemoryTheKernelUnpacksInto() {
        image.initSize((16 << 20) - 4096);
        load(bootWithInitrd(Samples.bytes(4, 4096)));
        assertThat(memory.getInt(ZERO_PAGE + 0x218)).isEqualTo((int) TOP - 4096);

        image.initSize(16 << 20);
        load(bootWithInitrd(Samples.bytes(4, 4096)));
        assertThat(memory.getInt(ZERO_PAGE + 0x218)).isEqualTo((int) PREFERRED - 4096);
    }

    @Test
    void load_emptyInitrd_isRefused() {
        assertRefused(bootWithInitrd(new byte[0]), "initrd", "is empty");
    }

    @Test
    void load_missingInitrd_isRefused() {
        assertRefused(boot().initrd(directory.resolve("nothing")), "initrd", "does not exist");
    }

    @Test
    void load_kernelThatUnpacksBeyondMemory_isRefused() {
        image.initSize((16 << 20) + 1);
        assertRefused(boot(), "kernel", "at least 33 MiB");
    }

    @Test
    void load_initSizeSmallerThanTheKernel_keepsTheKernelApart() {
        image.initSize(0);
        image.putInt(0x22c, (int) PREFERRED + 0x8000 - 1); // The initrd may end where the kernel ends.
        load(bootWithInitrd(Samples.bytes(4, 4096)));
        assertThat(memory.getInt(ZERO_PAGE + 0x218)).isEqualTo((int) PREFERRED - 4096);
    }

    @Test
    void load_truncatedKernel_isRefused() {
        byte[] cut = Arrays.copyOf(image.build(), image.build().length - 1);
        Path file = Samples.write(directory.resolve("cut"), cut);
        assertRefused(LinuxBoot.kernel(file), "kernel", "is truncated or broken: its kernel should be 32768 bytes");
    }

    @Test
    void load_everyTruncation_isRefused() {
        BzImageBuilder small = new BzImageBuilder(Samples.bytes(1, 0x400));
        byte[] whole = small.build();
        for (int length = 0; length < whole.length; length += 7) {
            Path file = Samples.write(directory.resolve("cut"), Arrays.copyOf(whole, length));
            assertThatExceptionOfType(ConfigException.class)
                    .as("length %d", length)
                    .isThrownBy(() -> load(LinuxBoot.kernel(file)));
        }
    }

    @Test
    void load_oldProtocol_isRefused() {
        image.putShort(0x206, 0x20b);
        assertRefused(boot(), "kernel", "boot protocol 2.11, and 2.12 is needed");
    }

    @Test
    void load_zImage_isRefused() {
        image.putByte(0x211, 0);
        assertRefused(boot(), "kernel", "zImage");
    }

    @Test
    void load_32BitKernel_isRefused() {
        image.xloadflags(0);
        assertRefused(boot(), "kernel", "no 64-bit entry point");
    }

    @Test
    void load_alignmentThatIsNone_isRefused() {
        image.alignment(0);
        assertRefused(boot(), "kernel", "alignment of 0x0");
        image.alignment(0x30_0000);
        assertRefused(boot(), "kernel", "alignment of 0x300000");
        image.alignment(0x8000_0000);
        assertRefused(boot(), "kernel", "does not fit");
    }

    @Test
    void load_preferredAddressBeyondReach_isRefused() {
        for (long address : new long[] {1L << 32, -1, Long.MIN_VALUE}) {
            image.prefAddress(address);
            assertRefused(boot(), "kernel", "not below 4 GiB");
        }
    }

    @Test
    void load_preferredAddressInTheBootStructures_isRefused() {
        image.prefAddress(0x1000).alignment(0x1000).initSize(0x1000);
        assertRefused(boot(), "kernel", "the boot structures");
    }

    @Test
    void load_noCode_isRefused() {
        image.putInt(0x1f4, 0x200 / 16);
        assertRefused(boot(), "kernel", "there is no kernel in it");
    }

    @Test
    void load_hostileSize_isRefused() {
        image.putInt(0x1f4, -1).initSize(-1);
        assertRefused(boot(), "kernel", "not below 4 GiB");
    }

    @Test
    void load_again_restoresEverything() {
        LinuxBoot boot = bootWithInitrd(Samples.bytes(5, 9000)).commandLine("quiet");
        EntryState first = load(boot);
        byte[] low = machine.bytes(0, 0x3_0000);
        byte[] kernel = machine.bytes(PREFERRED, 0x8000);
        machine.fill(0xa5);

        assertThat(load(boot)).isEqualTo(first);
        assertThat(machine.bytes(ZERO_PAGE, 4096)).isEqualTo(Arrays.copyOfRange(low, 0x7000, 0x8000));
        assertThat(machine.string(0x2_0000)).isEqualTo("quiet");
        assertThat(machine.bytes(PREFERRED, 0x8000)).isEqualTo(kernel);
        assertThat(machine.bytes(TOP - 3 * 4096, 9000)).isEqualTo(Samples.bytes(5, 9000));
    }
}
