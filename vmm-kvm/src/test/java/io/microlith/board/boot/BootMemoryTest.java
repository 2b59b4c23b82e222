// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.error.ConfigException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootMemoryTest {
    private static final long MIB = 1 << 20;

    private final FakeMachine machine = FakeMachine.ofMebibytes(4, 2);
    private final BootMemory places = new BootMemory(machine.context());

    @TempDir
    private Path directory;

    private ImageFile file;

    @BeforeEach
    void open() {
        file = ImageFile.open("kernel", Samples.write(directory.resolve("kernel"), new byte[] {1}));
    }

    @AfterEach
    void close() {
        file.close();
        machine.close();
    }

    @Test
    void claim_lastByteOfRam_isGiven() {
        assertThat(places.claim(file, "x", 4 * MIB - 1, 1).base()).isEqualTo(4 * MIB - 1);
    }

    @Test
    void claim_beyondRam_saysHowMuchIsNeeded() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> places.claim(file, "segment 0", 2 * MIB, 2 * MIB + 1))
                .withMessageContaining("does not fit")
                .withMessageContaining("at least 5 MiB");
    }

    @Test
    void claim_hole_isRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> places.claim(file, "segment 0", 0x9_0000, 0x2_0000))
                .withMessageContaining("has no RAM");
    }

    @Test
    void claim_beyond4GiB_isRefusedThoughThereIsRam() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> places.claim(file, "segment 0", 1L << 32, 4096))
                .withMessageContaining("not below 4 GiB");
    }

    @Test
    void claim_hostileNumbers_areRefused() {
        long[][] hostile = {{-1, 1}, {1, -1}, {Long.MAX_VALUE, 1}, {1, Long.MAX_VALUE}, {MIB, -MIB}, {-MIB, 2 * MIB}};
        for (long[] numbers : hostile) {
            assertThatExceptionOfType(ConfigException.class)
                    .as("base=%d size=%d", numbers[0], numbers[1])
                    .isThrownBy(() -> places.claim(file, "segment 0", numbers[0], numbers[1]));
        }
    }

    @Test
    void claim_takenAddresses_saysByWhat() {
        places.claim(file, "segment 0", MIB, MIB);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> places.claim(file, "segment 1", 2 * MIB - 1, 1))
                .withMessageContaining("over its segment 0 at 0x100000-0x1fffff");
    }

    @Test
    void claim_bootStructures_isRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> places.claim(file, "segment 0", 0x2_ffff, 1))
                .withMessageContaining("the boot structures");
        assertThat(places.claim(file, "segment 0", 0x3_0000, 1).base()).isEqualTo(0x3_0000);
    }

    @Test
    void claimHighest_noLimit_isBeyond4GiB() {
        assertThat(places.claimHighest("x", 5000, Long.MAX_VALUE)).hasValue((1L << 32) + 2 * MIB - 8192);
    }

    @Test
    void claimHighest_limitWithinAPage_isPageAlignedBelowIt() {
        assertThat(places.claimHighest("x", 1, 3 * MIB + 1)).hasValue(3 * MIB);
        assertThat(places.claimHighest("y", 1, 3 * MIB + 1)).hasValue(3 * MIB - 4096);
    }

    @Test
    void claimHighest_takenAtTheTop_goesBelow() {
        places.claim(file, "segment 0", 3 * MIB + 100, MIB - 100);
        assertThat(places.claimHighest("x", MIB, 1L << 32)).hasValue(2 * MIB);
    }

    @Test
    void claimHighest_largerThanAnyRange_isEmpty() {
        assertThat(places.claimHighest("x", 3 * MIB + 1, Long.MAX_VALUE)).isEmpty();
        assertThat(places.claimHighest("x", Long.MAX_VALUE, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void claimHighest_onlyConventionalMemoryLeft_staysOffTheBootStructures() {
        places.claim(file, "segment 0", MIB, 3 * MIB);
        assertThat(places.claimHighest("x", 0x6_fc00, 1L << 32)).hasValue(0x3_0000);
        assertThat(places.claimHighest("y", 1, 1L << 32)).isEmpty();
    }

    @Test
    void claimLowest_takenFromTheStart_isTheNextPage() {
        places.claim(file, "segment 0", MIB, 100);
        assertThat(places.claimLowest("x", 4096, MIB)).hasValue(MIB + 4096);
        assertThat(places.claimLowest("y", 4096, MIB)).hasValue(MIB + 8192);
    }

    @Test
    void claimLowest_noRoomBelow4GiB_isEmpty() {
        assertThat(places.claimLowest("x", 3 * MIB, MIB)).hasValue(MIB);
        assertThat(places.claimLowest("y", 1, MIB)).isEmpty();
    }

    @Test
    void new_adjacentEntries_areOneRange() {
        List<E820Entry> map = List.of(
                new E820Entry(MIB, MIB, E820Entry.Type.RAM),
                new E820Entry(2 * MIB, MIB, E820Entry.Type.RAM),
                new E820Entry(3 * MIB, MIB, E820Entry.Type.ACPI));
        BootMemory memory = new BootMemory(new BootContext(machine.memory(), map, 0));
        assertThat(memory.highMemoryEnd()).isEqualTo(3 * MIB);
        assertThat(memory.conventionalEnd()).isZero();
        assertThat(memory.claim(file, "x", MIB, 2 * MIB).size()).isEqualTo(2 * MIB);
    }
}
