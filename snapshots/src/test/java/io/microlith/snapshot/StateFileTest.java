// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StateFileTest {
    private static final UUID ID = new UUID(1, 2);
    private static final List<Section> SECTIONS = List.of(
            new Section(1, "", ByteString.of((byte) 1, (byte) 2)), new Section(3, "vcpu.0", ByteString.of((byte) 3)));

    @Test
    void decode_encoded_isTheSame() {
        StateFile.Content content = StateFile.decode(StateFile.encode(StateFile.Content.of(ID, SECTIONS)));
        assertThat(content).isEqualTo(new StateFile.Content(StateFile.FORMAT, StateFile.X86_64, ID, SECTIONS));
    }

    @Property
    void decode_anyBytes_isRefusedWithAReason(@ForAll byte[] bytes) {
        assertRefused(bytes);
    }

    @Property
    void decode_oneBitFlipped_isRefused(@ForAll @IntRange(max = 10_000) int bit) {
        byte[] bytes = StateFile.encode(StateFile.Content.of(ID, SECTIONS));
        int which = bit % (bytes.length * Byte.SIZE);
        bytes[which / Byte.SIZE] ^= (byte) (1 << which % Byte.SIZE);
        assertRefused(bytes);
    }

    @Property
    void decode_cutOff_isRefused(@ForAll @IntRange(max = 10_000) int length) {
        byte[] bytes = StateFile.encode(StateFile.Content.of(ID, SECTIONS));
        assertRefused(Arrays.copyOf(bytes, length % bytes.length));
    }

    @Property
    void decode_encodedSections_areTheSame(@ForAll @Size(max = 20) List<byte[]> contents) {
        List<Section> sections = contents.stream()
                .map(bytes -> new Section(3, "part", ByteString.of(bytes)))
                .toList();
        assertThat(StateFile.decode(StateFile.encode(StateFile.Content.of(ID, sections)))
                        .sections())
                .isEqualTo(sections);
    }

    @Test
    void decode_moreSectionsThanBytes_isRefusedBeforeAnythingIsTaken() {
        byte[] bytes = StateFile.encode(StateFile.Content.of(ID, List.of()));
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(12, Integer.MAX_VALUE);
        assertRefused(bytes);
    }

    private static void assertRefused(byte[] bytes) {
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> StateFile.decode(bytes))
                .satisfies(e -> assertThat(e.field()).startsWith("snapshot."));
    }
}
