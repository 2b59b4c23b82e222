// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciBar.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A guest writes whatever it likes to configuration space. */
class PciConfigSpacePropertyTest {
    private static final PciHeader HEADER = new PciHeader(
            new PciIdentity(0x1af4, 0x1041, 0x020000, 1, 2, 3),
            PciPin.B,
            List.of(
                    new PciBar(0, Kind.PORTS, 256),
                    new PciBar(1, Kind.MEMORY_32, 16),
                    new PciBar(2, Kind.MEMORY_64, 1L << 30),
                    new PciBar(4, Kind.PREFETCHABLE_64, 1L << 62)),
            List.of(PciCapability.writable(9, new byte[14], new byte[14])));

    /** One access of a guest, aligned as the bus makes them. */
    record Access(int offset, int size, int value) {}

    @Provide
    Arbitrary<List<Access>> accesses() {
        Arbitrary<Integer> sizes = Arbitraries.of(1, 2, 4);
        Arbitrary<Integer> offsets = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 0x3f), Arbitraries.integers().between(0, 4095));
        Arbitrary<Integer> values = Arbitraries.oneOf(Arbitraries.of(0, -1, 3, 7), Arbitraries.integers());
        return Combinators.combine(offsets, sizes, values)
                .as((offset, size, value) -> new Access(offset & -size, size, value))
                .list()
                .ofMaxSize(40);
    }

    @Property(tries = 300)
    void write_anything_keepsListenerAndMappingsTogether(@ForAll("accesses") List<Access> accesses) {
        Map<PciBar, AddressRange> heard = new HashMap<>();
        PciConfigSpace config = new PciConfigSpace(HEADER);
        config.connect(new PciBarListener() {
            @Override
            public void mapped(PciBar bar, AddressRange range) {
                assertThat(heard.put(bar, range)).isNull();
            }

            @Override
            public void unmapped(PciBar bar, AddressRange range) {
                assertThat(heard.remove(bar)).isEqualTo(range);
            }
        });
        for (Access access : accesses) {
            config.write(access.offset, access.size, access.value);
            for (PciBar bar : HEADER.bars()) {
                assertThat(config.mapping(bar).orElse(null)).isEqualTo(heard.get(bar));
            }
        }
        heard.forEach((bar, range) -> {
            assertThat(range.size()).isEqualTo(bar.size());
            assertThat(range.base() % bar.size()).isZero();
        });
    }

    @Property(tries = 300)
    void write_anything_keepsTheFixedParts(@ForAll("accesses") List<Access> accesses) {
        PciConfigSpace config = new PciConfigSpace(HEADER);
        accesses.forEach(access -> config.write(access.offset, access.size, access.value));
        assertThat(config.read(0x00, 4)).isEqualTo(0x1041_1af4);
        assertThat(config.read(0x06, 2)).isEqualTo(0x10);
        assertThat(config.read(0x0e, 1)).isZero();
        assertThat(config.read(0x10, 1) & 3).isEqualTo(1);
        assertThat(config.read(0x18, 1) & 15).isEqualTo(4);
        assertThat(config.read(0x3d, 1)).isEqualTo(2);
    }

    @Property(tries = 300)
    void restore_whateverTheGuestMadeOfIt_isAccepted(@ForAll("accesses") List<Access> accesses) {
        PciConfigSpace config = new PciConfigSpace(HEADER);
        accesses.forEach(access -> config.write(access.offset, access.size, access.value));
        PciConfigSpace restored = new PciConfigSpace(HEADER, config.save());
        assertThat(restored.save()).isEqualTo(config.save());
        HEADER.bars().forEach(bar -> assertThat(restored.mapping(bar)).isEqualTo(config.mapping(bar)));
    }

    @Property(tries = 300)
    void read_wide_isItsBytes(@ForAll("accesses") List<Access> accesses) {
        PciConfigSpace config = new PciConfigSpace(HEADER);
        accesses.forEach(access -> config.write(access.offset, access.size, access.value));
        for (int offset = 0; offset < 512; offset += 4) {
            int bytes = 0;
            for (int i = 3; i >= 0; i--) {
                bytes = bytes << 8 | config.read(offset + i, 1);
            }
            assertThat(config.read(offset, 4)).isEqualTo(bytes);
        }
    }
}
