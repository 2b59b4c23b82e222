// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.error.InvalidStateException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineStateTest {
    private static final String NAME = "device.number0";

    private final MachineState state = MachineState.of(List.of(StatePart.of(NAME, new Numbers(7))));

    private record Numbers(int number) implements DeviceState {
        static Numbers read(StateReader reader) {
            return new Numbers(reader.getInt(1, 0));
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public void writeTo(StateWriter writer) {
            writer.putLong(1, number);
        }
    }

    private record Doubled(int number) {}

    @Test
    void get_asARecord_isReadOnce() {
        Numbers first = state.get(NAME, Numbers.class, Numbers::read);

        assertThat(first).isEqualTo(new Numbers(7));
        assertThat(state.get(NAME, Numbers.class, _ -> new Numbers(8))).isSameAs(first);
    }

    @Test
    void get_asSomethingElse_isReadForThat() {
        var _ = state.get(NAME, Numbers.class, Numbers::read);

        assertThat(state.get(NAME, Doubled.class, reader -> new Doubled(2 * reader.getInt(1, 0))))
                .isEqualTo(new Doubled(14));
    }

    @Test
    void get_readingFails_isTriedAgain() {
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> state.get(NAME, Numbers.class, _ -> {
                    throw new InvalidStateException("Numbers.number", 7, "another one");
                }));

        assertThat(state.get(NAME, Numbers.class, Numbers::read)).isEqualTo(new Numbers(7));
    }

    @Test
    void get_partIsMissing_refused() {
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> state.get("device.other0", Numbers.class, Numbers::read))
                .withMessageContaining("device.other0");
    }

    @Test
    void equals_partsWereRead_isOfThePartsAlone() {
        MachineState same = MachineState.of(state.parts());
        var _ = state.get(NAME, Numbers.class, Numbers::read);

        assertThat(same).isEqualTo(state).hasSameHashCodeAs(state);
    }
}
