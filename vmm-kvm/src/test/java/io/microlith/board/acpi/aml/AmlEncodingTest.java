// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes as the ACPI specification gives them, or as iasl made them of the same ASL. */
class AmlEncodingTest {
    @ParameterizedTest
    @CsvSource({
        "0, 01",
        "62, 3f",
        "63, 4104",
        "64, 4204",
        "4093, 4fff",
        "4094, 810001",
        "1048572, 8fffff",
        "1048573, c1000001",
        "268435451, cfffffff"
    })
    void packageLength_boundaries_takeTheShortestForm(int content, String expected) {
        ByteOutput out = new ByteOutput();
        new PackageLength(content).encode(out);
        assertThat(hex(out.toByteArray())).isEqualTo(expected);
        assertThat(new PackageLength(content).size()).isEqualTo(expected.length() / 2);
    }

    @Test
    void packageLength_beyondTheLongestForm_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PackageLength(268435452));
        assertThatIllegalArgumentException().isThrownBy(() -> new PackageLength(-1));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "1, 01",
        "2, 0a02",
        "255, 0aff",
        "256, 0b0001",
        "65535, 0bffff",
        "65536, 0c00000100",
        "4294967295, 0cffffffff",
        "4294967296, 0e0000000001000000",
        "-1, 0effffffffffffffff"
    })
    void integer_anySize_takesTheShortestForm(long value, String expected) {
        assertThat(hex(new AmlInteger(value))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "PNP0A08, 0c41d00a08",
        "PNP0501, 0c41d00501",
        "PNP0C02, 0c41d00c02",
        "AAA0000, 0c04210000",
        "ZZZFFFF, 0c6b5affff"
    })
    void eisaId_isCompressed(String id, String expected) {
        assertThat(hex(new EisaId(id))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PNP0A0", "PNP0A088", "pnp0a08", "PN00A08", "PNP0A0G", "LNRO0005"})
    void eisaId_anythingElse_isRefused(String id) {
        assertThat(EisaId.isValid(id)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new EisaId(id));
    }

    @ParameterizedTest
    @CsvSource({
        "_HID, 5f484944",
        "A, 415f5f5f",
        "\\, 5c00",
        "\\_SB, 5c5f53425f",
        "^^X1, 5e5e58315f5f",
        "\\_SB.PCI0, 5c2e5f53425f50434930",
        "A.B.C, 2f03415f5f5f425f5f5f435f5f5f"
    })
    void namePath_isPaddedAndPrefixed(String path, String expected) {
        assertThat(hex(new NamePath(path))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "A.", ".A", "ABCDE", "1ABC", "abcd", "A B", "\\\\A", "^", "\\^A", "A..B", "A\\B", "Ä"})
    void namePath_anythingElse_isRefused(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> new NamePath(path));
    }

    @Test
    void namePath_tooManySegments_isRefused() {
        String longest = String.join(".", Collections.nCopies(255, "A"));
        assertThat(new NamePath(longest).toBytes()).hasSize(2 + 4 * 255);
        assertThatIllegalArgumentException().isThrownBy(() -> new NamePath(longest + ".A"));
    }

    @Test
    void string_isTerminated() {
        assertThat(hex(new AmlString("ACPI0007"))).isEqualTo("0d414350493030303700");
        assertThatIllegalArgumentException().isThrownBy(() -> new AmlString("line\n"));
        assertThatIllegalArgumentException().isThrownBy(() -> new AmlString("é"));
    }

    @Test
    void buffer_hasItsSizeTwice() {
        assertThat(hex(new AmlBuffer(new byte[] {1, 2, 3}))).isEqualTo("11060a03010203");
    }

    @Test
    void buffer_ofUuid_hasTheFirstThreePartsTurned() {
        assertThat(hex(AmlBuffer.of(UUID.fromString("33db4d5b-1ff7-401c-9657-7441c03dd766"))))
                .isEqualTo("11130a10" + "5b4ddb33f71f1c4096577441c03dd766");
    }

    @Test
    void package_countsItsElements() {
        AmlPackage two = AmlPackage.of(new AmlInteger(5), AmlInteger.ZERO);
        assertThat(hex(two)).isEqualTo("1205020a0500");
        List<AmlTerm> tooMany = Collections.nCopies(256, AmlInteger.ZERO);
        assertThatIllegalArgumentException().isThrownBy(() -> new AmlPackage(tooMany));
    }

    @Test
    void nestedObjects_coverWhatIsInThem() {
        AmlTerm scope = AmlScope.of("\\_SB", List.of(AmlDevice.of("DEV0", List.of(AmlName.of("_UID", 3)))));
        assertThat(hex(scope)).isEqualTo("1014" + "5c5f53425f" + "5b820c" + "44455630" + "085f5549440a03");
    }

    @Test
    void method_hasItsArgumentsInItsFlags() {
        AmlMethod method = new AmlMethod(new NamePath("TEST"), 2, List.of(AmlOperation.giveBack(AmlVariable.ARG1)));
        assertThat(hex(method)).isEqualTo("1408" + "54455354" + "0a" + "a469");
        assertThatIllegalArgumentException().isThrownBy(() -> new AmlMethod(new NamePath("TEST"), 8, List.of()));
    }

    @Test
    void statements_areOperatorsThenOperands() {
        NamePath name = new NamePath("X");
        assertThat(hex(AmlOperation.store(AmlInteger.ONE, AmlVariable.LOCAL0))).isEqualTo("700160");
        assertThat(hex(AmlOperation.and(AmlVariable.ARG0, new AmlInteger(7), AmlVariable.LOCAL1)))
                .isEqualTo("7b680a0761");
        assertThat(hex(AmlOperation.or(name, AmlInteger.ONE, name))).isEqualTo("7d585f5f5f01585f5f5f");
        assertThat(hex(AmlOperation.equal(AmlVariable.ARG2, AmlInteger.ZERO))).isEqualTo("936a00");
        assertThat(hex(AmlOperation.notEqual(AmlVariable.ARG3, AmlInteger.ZERO)))
                .isEqualTo("92936b00");
        assertThat(hex(AmlOperation.createDwordField(AmlVariable.ARG3, 8, name)))
                .isEqualTo("8a6b0a08585f5f5f");
        assertThat(hex(AmlOperation.notify(new NamePath("\\_SB.DEV0"), 0x80)))
                .isEqualTo("86" + "5c2e5f53425f44455630" + "0a80");
    }

    @Test
    void choice_withAndWithoutElse() {
        AmlTerm one = AmlOperation.giveBack(AmlInteger.ONE);
        AmlTerm zero = AmlOperation.giveBack(AmlInteger.ZERO);
        assertThat(hex(new AmlIf(AmlVariable.ARG0, List.of(one), List.of()))).isEqualTo("a00468a401");
        assertThat(hex(new AmlIf(AmlVariable.ARG0, List.of(one), List.of(zero))))
                .isEqualTo("a00468a401" + "a103a400");
    }

    private static String hex(AmlTerm term) {
        return hex(term.toBytes());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
