// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BootContextTest {
    private final FakeMachine machine = FakeMachine.ofMebibytes(2);

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void new_mapWithHoles_isAccepted() {
        E820Entry low = new E820Entry(0, 0x8000, E820Entry.Type.RAM);
        E820Entry device = new E820Entry(0xfec0_0000L, 0x1000, E820Entry.Type.RESERVED);
        BootContext context = new BootContext(machine.memory(), List.of(low, device), 0);
        assertThat(context.memoryMap()).containsExactly(low, device);
    }

    @Test
    void new_unsortedMap_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context(
                        new E820Entry(0x10_0000, 0x1000, E820Entry.Type.RAM),
                        new E820Entry(0, 0x1000, E820Entry.Type.RAM)))
                .withMessageContaining("not sorted");
    }

    @Test
    void new_overlappingMap_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context(
                        new E820Entry(0, 0x2000, E820Entry.Type.RAM),
                        new E820Entry(0x1000, 1, E820Entry.Type.RESERVED)))
                .withMessageContaining("overlaps");
    }

    @Test
    void new_ramThatIsNotThere_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context(new E820Entry(0, (2 << 20) + 1, E820Entry.Type.RAM)))
                .withMessageContaining("where the guest has none");
    }

    @Test
    void new_moreEntriesThanAZeroPageHolds_isRefused() {
        List<E820Entry> map = LongStream.range(0, BootContext.MAX_ENTRIES + 1)
                .mapToObj(i -> new E820Entry(i * 0x1000, 0x1000, E820Entry.Type.RESERVED))
                .toList();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BootContext(machine.memory(), map, 0))
                .withMessageContaining("129");
    }

    @Test
    void newEntry_emptyRange_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new E820Entry(0, 0, E820Entry.Type.RAM));
    }

    private BootContext context(E820Entry... entries) {
        return new BootContext(machine.memory(), List.of(entries), 0);
    }
}
