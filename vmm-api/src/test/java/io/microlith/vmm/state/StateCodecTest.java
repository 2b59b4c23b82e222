// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.error.InvalidStateException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateCodecTest {
    private static AnyState state(Map<Integer, Object> fields) {
        return new AnyState(1, new TreeMap<>(fields));
    }

    private static StateReader reader(String hex) {
        return StateCodec.reader(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @Test
    void encode_oneFieldOfEachKind_hasTheDocumentedBytes() {
        AnyState nested = new AnyState(3, new TreeMap<>());
        AnyState state = new AnyState(
                2,
                new TreeMap<>(Map.of(
                        1, 0x0102030405060708L, 2, true, 5, ByteString.of((byte) 0xaa, (byte) 0xbb), 9, nested)));

        String hex = HexFormat.of().formatHex(StateCodec.encode(state));

        assertThat(hex)
                .isEqualTo("02000000"
                        + "0100" + "08000000" + "0807060504030201"
                        + "0200" + "01000000" + "01"
                        + "0500" + "02000000" + "aabb"
                        + "0900" + "04000000" + "03000000");
    }

    @Test
    void encode_largeField_isWhole() {
        byte[] large = new byte[100_000];
        large[99_999] = 1;

        StateReader reader = StateCodec.reader(StateCodec.encode(state(Map.of(1, 7L, 2, ByteString.of(large)))));

        assertThat(reader.getBytes(2)).isEqualTo(large);
        assertThat(reader.getLong(1, 0)).isEqualTo(7);
    }

    @Test
    void encode_tagsFall_isRefused() {
        DeviceState falling = writing(writer -> writer.putLong(2, 0).putLong(1, 0));

        assertThatThrownBy(() -> StateCodec.encode(falling)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void encode_tagZero_isRefused() {
        assertThatThrownBy(() -> StateCodec.encode(writing(writer -> writer.putLong(0, 0))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void encode_versionZero_isRefused() {
        assertThatThrownBy(() -> StateCodec.encode(new AnyState(0, new TreeMap<>())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void encode_atMaxDepth_isReadBack() {
        AnyState deep = nested(StateCodec.MAX_DEPTH);

        assertThat(deep.isReadBy(StateCodec.reader(StateCodec.encode(deep)))).isTrue();
    }

    @Test
    void encode_beyondMaxDepth_isRefused() {
        assertThatThrownBy(() -> StateCodec.encode(nested(StateCodec.MAX_DEPTH + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static AnyState nested(int levels) {
        AnyState state = state(Map.of(1, 1L));
        for (int i = 1; i < levels; i++) {
            state = state(Map.of(1, state));
        }
        return state;
    }

    private static DeviceState writing(Consumer<StateWriter> fields) {
        return new DeviceState() {
            @Override
            public int version() {
                return 1;
            }

            @Override
            public void writeTo(StateWriter writer) {
                fields.accept(writer);
            }
        };
    }

    @Test
    void reader_absentFields_givesDefaults() {
        StateReader reader = reader("01000000");

        assertThat(reader.getLong(1, 42)).isEqualTo(42);
        assertThat(reader.getInt(1, -42)).isEqualTo(-42);
        assertThat(reader.getBoolean(1, true)).isTrue();
        assertThat(reader.getBytes(1)).isEmpty();
        assertThat(reader.getState(1).getLong(1, 7)).isEqualTo(7);
    }

    @Test
    void reader_unknownTags_areSkipped() {
        StateReader reader = reader("01000000 0100 03000000 ffffff 0200 01000000 01 ffff 02000000 0000");

        assertThat(reader.getBoolean(2, false)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'', state",
        "010000, state",
        "00000000, state.version",
        "ffffffff, state.version",
        "01000000 0100, state",
        "01000000 0100 01000000, state.1",
        "01000000 0100 ffffffff 00, state.1",
        "01000000 0100 ffffff7f 00, state.1",
        "01000000 0000 00000000, state",
        "01000000 0200 00000000 0100 00000000, state",
        "01000000 0100 00000000 0100 00000000, state",
    })
    void reader_malformedBytes_isRefusedNamingTheField(String hex, String field) {
        assertThatThrownBy(() -> reader(hex))
                .isInstanceOfSatisfying(
                        InvalidStateException.class, e -> assertThat(e.field()).isEqualTo(field));
    }

    @Test
    void getLong_wrongLength_isRefused() {
        assertThatThrownBy(() -> reader("01000000 0100 04000000 00000000").getLong(1, 0))
                .isInstanceOf(InvalidStateException.class)
                .hasMessageContaining("state.1");
    }

    @Test
    void getInt_beyondThirtyTwoBits_isRefused() {
        StateReader reader = StateCodec.reader(StateCodec.encode(state(Map.of(1, 1L << 31, 2, -1L << 31))));

        assertThatThrownBy(() -> reader.getInt(1, 0)).isInstanceOf(InvalidStateException.class);
        assertThat(reader.getInt(2, 0)).isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void getBoolean_neitherZeroNorOne_isRefused() {
        assertThatThrownBy(() -> reader("01000000 0100 01000000 02").getBoolean(1, false))
                .isInstanceOf(InvalidStateException.class);
    }

    @Test
    void getState_malformedInside_isRefusedNamingThePath() {
        StateReader reader = reader("01000000 0100 06000000 01000000 0000");

        assertThatThrownBy(() -> reader.getState(1))
                .isInstanceOfSatisfying(
                        InvalidStateException.class, e -> assertThat(e.field()).isEqualTo("state.1"));
    }

    @Test
    void getState_beyondMaxDepth_isRefused() {
        byte[] bytes = StateCodec.encode(state(Map.of()));
        for (int i = 0; i < StateCodec.MAX_DEPTH; i++) {
            bytes = StateCodec.encode(state(Map.of(1, ByteString.of(bytes))));
        }
        StateReader reader = StateCodec.reader(bytes);
        for (int depth = 1; depth < StateCodec.MAX_DEPTH; depth++) {
            reader = reader.getState(1);
        }
        StateReader deepest = reader;

        assertThatThrownBy(() -> deepest.getState(1)).isInstanceOf(InvalidStateException.class);
    }
}
