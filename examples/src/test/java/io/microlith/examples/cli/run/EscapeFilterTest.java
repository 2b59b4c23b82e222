// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What is typed, and what of it the guest gets. */
class EscapeFilterTest {
    private int quits;
    private final EscapeFilter filter = new EscapeFilter(() -> quits++);

    @Test
    void filter_plainText_passes() {
        assertThat(type("ls -l\r")).isEqualTo("ls -l\r");
        assertThat(quits).isZero();
    }

    @Test
    void filter_ctrlAThenX_quits() {
        assertThat(type("ab\u0001xcd")).isEqualTo("abcd");
        assertThat(quits).isEqualTo(1);
    }

    @Test
    void filter_ctrlATwice_isOneCtrlA() {
        assertThat(type("a\u0001\u0001b")).isEqualTo("a\u0001b");
    }

    @Test
    void filter_ctrlATwiceThenX_doesNotQuit() {
        assertThat(type("\u0001\u0001x")).isEqualTo("\u0001x");
        assertThat(quits).isZero();
    }

    @Test
    void filter_ctrlAThenOther_passesBoth() {
        assertThat(type("\u0001d")).isEqualTo("\u0001d");
    }

    @Test
    void filter_sequenceInTwoPieces_quits() {
        assertThat(type("a\u0001")).isEqualTo("a");
        assertThat(quits).isZero();

        assertThat(type("xb")).isEqualTo("b");
        assertThat(quits).isEqualTo(1);
    }

    @Property
    void filter_anyInputInAnyPieces_isTheSameAsInOne(
            @ForAll byte[] input, @ForAll @IntRange(min = 1, max = 5) int piece) {
        byte[] whole = filter(new EscapeFilter(() -> quits++), input);
        EscapeFilter other = new EscapeFilter(() -> quits--);
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        for (int i = 0; i < input.length; i += piece) {
            byte[] next = Arrays.copyOfRange(input, i, Math.min(input.length, i + piece));
            pieces.writeBytes(filter(other, next));
        }

        assertThat(pieces.toByteArray()).isEqualTo(whole);
        assertThat(quits).isZero();
    }

    private String type(String text) {
        return new String(filter(filter, text.getBytes(StandardCharsets.ISO_8859_1)), StandardCharsets.ISO_8859_1);
    }

    private static byte[] filter(EscapeFilter filter, byte[] input) {
        byte[] into = new byte[input.length + 1];
        int length = filter.filter(input, input.length, into);
        return Arrays.copyOf(into, length);
    }
}
