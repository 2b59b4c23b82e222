// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.microlith.board.acpi.aml.AddressWindow.Space;
import io.microlith.board.acpi.aml.AddressWindow.Use;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Trigger;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Descriptors as section 6.4 of the ACPI specification gives them. */
class ResourceTemplateTest {
    @Test
    void template_endsWithATag() {
        assertThat(HexFormat.of().formatHex(ResourceTemplate.of(new EdgeIrq(4)).toBytes()))
                .isEqualTo("11080a05" + "221000" + "7900");
    }

    @Test
    void edgeIrq_isABitOfAMask() {
        assertThat(hex(new EdgeIrq(0))).isEqualTo("220100");
        assertThat(hex(new EdgeIrq(15))).isEqualTo("220080");
        assertThatIllegalArgumentException().isThrownBy(() -> new EdgeIrq(16));
        assertThatIllegalArgumentException().isThrownBy(() -> new EdgeIrq(-1));
    }

    @Test
    void ioPorts_areFixed() {
        assertThat(hex(new IoPorts(0x3f8, 8))).isEqualTo("4701f803f8030108");
        assertThat(hex(new IoPorts(0xffff, 1))).isEqualTo("4701ffffffff0101");
        assertThatIllegalArgumentException().isThrownBy(() -> new IoPorts(0xffff, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new IoPorts(0, 256));
        assertThatIllegalArgumentException().isThrownBy(() -> new IoPorts(0, 0));
    }

    @Test
    void fixedMemory_isReadWrite() {
        assertThat(hex(new FixedMemory(0xd000_0000L, 0x1000))).isEqualTo("86090001" + "000000d0" + "00100000");
        assertThat(hex(new FixedMemory(0xffff_f000L, 0x1000))).isEqualTo("86090001" + "00f0ffff" + "00100000");
        assertThatIllegalArgumentException().isThrownBy(() -> new FixedMemory(0xffff_f000L, 0x1001));
        assertThatIllegalArgumentException().isThrownBy(() -> new FixedMemory(0, 1L << 32));
        assertThatIllegalArgumentException().isThrownBy(() -> new FixedMemory(0, 0));
    }

    @Test
    void extendedInterrupt_edgeIsExclusiveAndLevelShared() {
        assertThat(hex(new ExtendedInterrupt(20, Trigger.EDGE))).isEqualTo("890600" + "03" + "01" + "14000000");
        assertThat(hex(new ExtendedInterrupt(5, Trigger.LEVEL))).isEqualTo("890600" + "09" + "01" + "05000000");
        assertThatIllegalArgumentException().isThrownBy(() -> new ExtendedInterrupt(-1, Trigger.EDGE));
    }

    @Test
    void addressWindow_buses_areAWord() {
        assertThat(hex(new AddressWindow(Space.BUSES, Use.PRODUCER, new AddressRange(0, 256))))
                .isEqualTo("880d00" + "020c00" + "0000" + "0000" + "ff00" + "0000" + "0001");
    }

    @Test
    void addressWindow_ports_areAWordUnlessThereAreAll() {
        assertThat(hex(new AddressWindow(Space.PORTS, Use.PRODUCER, new AddressRange(0x1000, 0xf000))))
                .isEqualTo("880d00" + "010c03" + "0000" + "0010" + "ffff" + "0000" + "00f0");
        assertThat(hex(new AddressWindow(Space.PORTS, Use.CONSUMER, new AddressRange(0, 0x10000))))
                .isEqualTo("871700" + "010d03" + "00000000" + "00000000" + "ffff0000" + "00000000" + "00000100");
    }

    @Test
    void addressWindow_memoryBelow4Gib_isADoubleWord() {
        assertThat(hex(new AddressWindow(Space.MEMORY, Use.PRODUCER, new AddressRange(0xc000_0000L, 0x1000_0000))))
                .isEqualTo("871700" + "000c01" + "00000000" + "000000c0" + "ffffffcf" + "00000000" + "00000010");
    }

    @Test
    void addressWindow_memoryAbove4Gib_isAQuadWord() {
        assertThat(hex(new AddressWindow(Space.MEMORY, Use.CONSUMER, new AddressRange(1L << 32, 0x1000))))
                .isEqualTo("8a2b00" + "000d01" + "0000000000000000" + "0000000001000000" + "ff0f000001000000"
                        + "0000000000000000" + "0010000000000000");
    }

    @Test
    void addressWindow_outsideTheSpace_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AddressWindow(Space.PORTS, Use.CONSUMER, new AddressRange(0, 0x10001)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AddressWindow(Space.BUSES, Use.PRODUCER, new AddressRange(0, 257)));
    }

    private static String hex(Resource resource) {
        ByteOutput out = new ByteOutput();
        resource.encode(out);
        return HexFormat.of().formatHex(out.toByteArray());
    }
}
