// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.error.ConfigException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlatImageTest {
    private static final byte[] CODE = Samples.bytes(1, 100);

    @TempDir
    private Path directory;

    private final FakeMachine machine = FakeMachine.ofMebibytes(2);

    @AfterEach
    void close() {
        machine.close();
    }

    private void assertRefused(FlatImage image, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> image.load(machine.context()))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.setting()).isEqualTo("kernel"));
    }

    @Test
    void load_bytes_goBeyondTheFirstMebibyte() {
        assertThat(FlatImage.of(CODE).load(machine.context())).isEqualTo(EntryState.long64(0x10_0000));
        assertThat(machine.bytes(0x10_0000, 100)).isEqualTo(CODE);
    }

    @Test
    void load_file_goesWhereItIsTold() {
        FlatImage image = FlatImage.file(Samples.write(directory.resolve("image"), CODE))
                .at(0x11_1111)
                .mode(CpuMode.PROTECTED_32);
        assertThat(image.load(machine.context())).isEqualTo(EntryState.protected32(0x11_1111));
        assertThat(machine.bytes(0x11_1111, 100)).isEqualTo(CODE);
    }

    @Test
    void load_realMode_startsWithTheSegmentOfItsAddress() {
        FlatImage image = FlatImage.of(CODE).at(0x7c05).mode(CpuMode.REAL_16);
        assertThat(image.load(machine.context())).isEqualTo(EntryState.real16(0x7c0, 5));
    }

    @Test
    void load_givenState_isTheEntry() {
        EntryState state = EntryState.user64(0x10_0040).withRsp(0x18_0000).withRdi(42);
        FlatImage image = FlatImage.of(CODE).at(0x10_0000).start(state);
        assertThat(image.load(machine.context())).isEqualTo(state);
    }

    @Test
    void load_bytesChangedByTheirOwner_areThoseOfThen() {
        byte[] bytes = CODE.clone();
        FlatImage image = FlatImage.of(bytes);
        bytes[0]++;
        image.load(machine.context());
        assertThat(machine.bytes(0x10_0000, 100)).isEqualTo(CODE);
    }

    @Test
    void load_again_putsBackWhatTheGuestChanged() {
        FlatImage image = FlatImage.of(CODE);
        image.load(machine.context());
        machine.fill(0xa5);
        image.load(machine.context());
        assertThat(machine.bytes(0x10_0000, 100)).isEqualTo(CODE);
    }

    @Test
    void load_boardsTables_areKeptClear() {
        assertRefused(FlatImage.of(CODE).at(0x9000), "would overwrite the page tables");
        assertRefused(FlatImage.of(CODE).at(0x500 - 99), "would overwrite the descriptor tables");
        assertRefused(FlatImage.of(CODE).at(0xe_0000), "would overwrite the firmware tables");
        assertThat(FlatImage.of(CODE).at(0x500 - 100).load(machine.context()).rip())
                .isEqualTo(0x49c);
    }

    @Test
    void load_realMode_mayUseWhatTheBoardDoesNot() {
        FlatImage image = FlatImage.of(CODE).at(0x9000).mode(CpuMode.REAL_16);
        assertThat(image.load(machine.context())).isEqualTo(EntryState.real16(0x900, 0));
        BootContext noTables =
                new BootContext(machine.memory(), machine.context().memoryMap(), 0);
        assertThat(image.at(0xf_0000).load(noTables)).isEqualTo(EntryState.real16(0xf000, 0));
    }

    @Test
    void load_outsideOfRam_isRefused() {
        assertRefused(FlatImage.of(CODE).at((2 << 20) - 99), "has no RAM there");
        assertRefused(FlatImage.of(CODE).at(-1).start(EntryState.long64(0)), "has no RAM there");
        assertRefused(FlatImage.of(CODE).at(Long.MIN_VALUE).start(EntryState.long64(0)), "has no RAM there");
        assertThat(FlatImage.of(CODE)
                        .at((2 << 20) - 100)
                        .load(machine.context())
                        .rip())
                .isEqualTo((2 << 20) - 100);
    }

    @Test
    void load_addressTheModeCannotReach_isRefused() {
        assertRefused(FlatImage.of(CODE).at(0x10_0000).mode(CpuMode.REAL_16), "cannot be entered in REAL_16");
        assertRefused(FlatImage.of(CODE).at(1L << 32), "cannot be entered in LONG_64");
        assertRefused(FlatImage.of(CODE).at(-1), "cannot be entered in LONG_64");
    }

    @Test
    void load_nothing_isRefused() {
        assertRefused(FlatImage.of(new byte[0]), "is empty");
        assertRefused(FlatImage.file(Samples.write(directory.resolve("image"), new byte[0])), "is empty");
        assertRefused(FlatImage.file(directory.resolve("nothing")), "does not exist");
    }
}
