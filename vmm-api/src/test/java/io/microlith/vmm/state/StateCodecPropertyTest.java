// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class StateCodecPropertyTest {
    private static final int TAGS = 40;

    @Provide
    static Arbitrary<AnyState> states() {
        return states(2);
    }

    private static Arbitrary<AnyState> states(int depth) {
        Arbitrary<Object> leaves = Arbitraries.oneOf(
                Arbitraries.longs().asGeneric(),
                Arbitraries.of(true, false).asGeneric(),
                Arbitraries.bytes()
                        .array(byte[].class)
                        .ofMaxSize(100)
                        .map(ByteString::of)
                        .asGeneric());
        Arbitrary<Object> values = depth == 0
                ? leaves
                : Arbitraries.oneOf(leaves, states(depth - 1).asGeneric());
        return Combinators.combine(
                        Arbitraries.integers().between(1, Integer.MAX_VALUE),
                        Arbitraries.maps(Arbitraries.integers().between(1, TAGS), values)
                                .ofMaxSize(6))
                .as((version, fields) -> new AnyState(version, new TreeMap<>(fields)));
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void encode_anyState_isReadBack(@ForAll("states") AnyState state) {
        assertThat(state.isReadBy(StateCodec.reader(StateCodec.encode(state)))).isTrue();
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void reader_stateOfNewerVersion_skipsWhatItDoesNotKnow(
            @ForAll("states") AnyState state, @ForAll("states") AnyState newer) {
        TreeMap<Integer, Object> fields = new TreeMap<>(state.fields());
        fields.put(TAGS + 1, newer);

        assertThat(state.isReadBy(StateCodec.reader(StateCodec.encode(new AnyState(state.version(), fields)))))
                .isTrue();
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void reader_damagedState_isRefusedOrRead(
            @ForAll("states") AnyState state, @ForAll int where, @ForAll byte what, @ForAll boolean cut) {
        byte[] bytes = StateCodec.encode(state);
        int at = Math.floorMod(where, bytes.length);
        byte[] damaged = cut ? Arrays.copyOf(bytes, at) : bytes.clone();
        if (!cut) {
            damaged[at] = what;
        }

        assertThat(HostileState.read(damaged, TAGS)).isGreaterThanOrEqualTo(0);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void reader_anyBytes_areRefusedOrRead(@ForAll byte[] bytes) {
        assertThat(HostileState.read(bytes, TAGS)).isGreaterThanOrEqualTo(0);
    }
}
