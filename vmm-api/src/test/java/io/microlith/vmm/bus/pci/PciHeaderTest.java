// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.microlith.vmm.bus.pci.PciBar.Kind;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PciHeaderTest {
    private static final PciIdentity IDENTITY = new PciIdentity(1, 2, 3, 4, 5, 6);

    @Test
    void new_barInSecondHalfOfWideOne_isRefused() {
        List<PciBar> bars = List.of(new PciBar(0, Kind.MEMORY_64, 0x1000), new PciBar(1, Kind.PORTS, 0x10));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PciHeader(IDENTITY, PciPin.NONE, bars, List.of()))
                .withMessageContaining("two BARs in one register");
    }

    @Test
    void new_capabilitiesFillTheSpace_isAccepted() {
        List<PciCapability> full = Collections.nCopies(12, PciCapability.readOnly(9, new byte[14]));
        assertThat(new PciHeader(IDENTITY, PciPin.NONE, List.of(), full).offsetOf(11))
                .isEqualTo(0xf0);
    }

    @Test
    void new_oneCapabilityTooMany_isRefused() {
        List<PciCapability> tooMany = Collections.nCopies(13, PciCapability.readOnly(9, new byte[14]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PciHeader(IDENTITY, PciPin.NONE, List.of(), tooMany))
                .withMessageContaining("208 bytes of 192");
    }

    @Test
    void bar_outsideWhatCanBe_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PciBar(6, Kind.PORTS, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciBar(-1, Kind.PORTS, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciBar(5, Kind.MEMORY_64, 16));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciBar(0, Kind.MEMORY_32, 24));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciBar(0, Kind.MEMORY_32, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciBar(0, Kind.MEMORY_32, 1L << 32));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciBar(0, Kind.PORTS, 512));
    }

    @Test
    void identity_outsideItsBits_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PciIdentity(0xffff, 0, 0, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciIdentity(1, 0x10000, 0, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciIdentity(1, 0, 0x1000000, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciIdentity(1, 0, 0, 0x100, 0, 0));
    }

    @Test
    void address_outsideTheBus_isRefused() {
        assertThat(new PciAddress(0xff, 31, 7)).hasToString("ff:1f.7");
        assertThatIllegalArgumentException().isThrownBy(() -> new PciAddress(256, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciAddress(0, 32, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciAddress(0, 0, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> PciAddress.ofDevice(-1));
    }

    @Test
    void capability_maskOfAnotherLength_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> PciCapability.writable(1, new byte[2], new byte[3]));
        assertThatIllegalArgumentException().isThrownBy(() -> PciCapability.readOnly(256, new byte[2]));
    }
}
