// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A guest that accesses registers and configuration space in any way. */
class PciPropertyTest {
    record Access(boolean configSpace, boolean write, long offset, int size, long value) {}

    @Provide
    Arbitrary<List<Access>> accesses() {
        Arbitrary<Long> offsets = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 0x3f),
                Arbitraries.longs().between(0, 0x3fff),
                Arbitraries.longs().between(0x2ff0, 0x3040));
        Arbitrary<Long> values = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 0x1f),
                Arbitraries.longs(),
                Arbitraries.of(PciMachine.BAR, 6L, 0x8000L, 0xc000L, 0xffffL));
        return Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, true, true, false),
                        offsets,
                        Arbitraries.of(1, 2, 4, 8),
                        values)
                .as(Access::new)
                .list()
                .ofMaxSize(80);
    }

    @Property(tries = 300)
    void accesses_any_throwNothingAndAreSavedWhole(@ForAll("accesses") List<Access> accesses) {
        try (PciMachine machine = new PciMachine().place().live()) {
            accesses.forEach(access -> perform(machine, access));
            machine.settle();
            var saved = machine.port.save();
            try (PciMachine elsewhere = new PciMachine(saved)) {
                assertThat(elsewhere.port.save()).isEqualTo(saved);
            }
            machine.port.reset();
            machine.place().live();
            machine.device.context().interrupt(0).signal();
            assertThat(machine.context.msiRoutes().get(1).messages()).contains("0xfee00000:0x41");
        }
    }

    private static void perform(PciMachine machine, Access access) {
        if (access.configSpace()) {
            int size = Math.min(access.size(), Integer.BYTES);
            int offset = (int) access.offset() & 0xff & -size;
            if (access.write()) {
                machine.setConfig(offset, size, (int) access.value());
            } else {
                machine.config(offset, size);
            }
        } else if (access.write()) {
            machine.store(access.offset(), access.size(), access.value());
        } else {
            machine.load(access.offset(), access.size());
        }
    }
}
