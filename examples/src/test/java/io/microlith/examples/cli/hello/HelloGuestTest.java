// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.hello;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.board.boot.BootContext;
import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.E820Entry;
import io.microlith.board.boot.EntryState;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.RegionMemory;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The built-in guest, loaded and not run. */
class HelloGuestTest {
    private static final int MEMORY = 2 << 20;
    private static final int LIMIT_OFFSET = 8;
    private static final int STATUS_OFFSET = 12;

    @Test
    void image_parameters_areWhereTheGuestLooks() {
        try (Arena arena = Arena.ofConfined()) {
            RegionMemory memory =
                    new RegionMemory(List.of(new GuestRegion(0, arena.allocate(MEMORY), Optional.empty(), 0)));

            EntryState entry = new HelloGuest(1234, 7).image().load(machine(memory));

            assertThat(entry.mode()).isEqualTo(CpuMode.LONG_64_USER);
            assertThat(memory.getInt(entry.rip() + LIMIT_OFFSET)).isEqualTo(1234);
            assertThat(memory.getInt(entry.rip() + STATUS_OFFSET)).isEqualTo(7);
        }
    }

    @Test
    void image_asBuilt_hasDefaultLimit() {
        byte[] image = HexFormat.of().parseHex(HelloImage.HEX);

        assertThat(image[LIMIT_OFFSET] & 0xff).isEqualTo(HelloGuest.DEFAULT_LIMIT & 0xff);
        assertThat(image[STATUS_OFFSET]).isZero();
    }

    @Test
    void new_limitTooLarge_throws() {
        assertThatThrownBy(() -> new HelloGuest(HelloGuest.MAX_LIMIT + 1, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("primes");
    }

    @Test
    void new_statusNotOfAProcess_throws() {
        assertThatThrownBy(() -> new HelloGuest(1, 256))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("status");
    }

    private static BootContext machine(RegionMemory memory) {
        return new BootContext(memory, List.of(new E820Entry(0, MEMORY, E820Entry.Type.RAM)), 0);
    }
}
