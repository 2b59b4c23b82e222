// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A guest writes whatever it likes while the device signals; a model says what has to come of it. */
class PciMsixPropertyTest {
    private static final int VECTORS = 3;
    private static final int[] WRITABLE = {~3, -1, -1, 1};

    /** What may happen. */
    private enum Kind {
        WRITE_TABLE,
        MASK,
        CONTROL,
        COMMAND,
        SIGNAL,
        RESTORE
    }

    /** Something that happens. */
    record Step(Kind kind, int at, int size, long value) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> values = Arbitraries.oneOf(
                Arbitraries.longs(), Arbitraries.of(0L, 1L, -1L, 0xfee0_0000L, 0x8000L, 0xc000L, 0x4000L, 6L, 2L));
        return Combinators.combine(
                        Arbitraries.of(Kind.values()),
                        Arbitraries.integers().between(0, 16 * VECTORS + 8),
                        Arbitraries.of(1, 2, 3, 4, 4, 4, 8, 8),
                        values)
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 300)
    void anything_isAsTheModelSays(@ForAll("steps") List<Step> steps) {
        Model model = new Model();
        PciMachine machine = new PciMachine();
        try {
            for (Step step : steps) {
                machine = apply(step, machine, model);
                model.assertAs(machine);
            }
        } finally {
            machine.close();
        }
    }

    private static PciMachine apply(Step step, PciMachine machine, Model model) {
        int vector = step.at % VECTORS;
        switch (step.kind) {
            case WRITE_TABLE -> {
                int at = (int) (step.value & 1) == 0 ? step.at & -step.size : step.at;
                machine.context.store(PciMachine.ADDRESS + at, step.size, step.value);
                model.write(at, step.size, step.value);
            }
            case MASK -> {
                machine.mask(vector, (int) step.value);
                model.write(16 * vector + 12, 4, step.value);
            }
            case CONTROL -> {
                machine.control((int) step.value & 0xffff);
                model.control((int) step.value);
            }
            case COMMAND -> {
                // The BAR stays where it is.
                machine.command((int) step.value & 4 | 2);
                model.busMaster = (step.value & 4) != 0;
                model.settle();
            }
            case SIGNAL -> {
                machine.msix.signal(step.at - 1);
                model.signal(step.at - 1);
            }
            case RESTORE -> {
                PciMachine restored = new PciMachine(machine.config.save(), machine.msix.save());
                machine.close();
                model.messages.forEach(List::clear);
                return restored;
            }
        }
        return machine;
    }

    /** MSI-X as the specification describes it, without threads and hypervisors. */
    private static final class Model {
        private final int[] table = new int[4 * VECTORS];
        private final boolean[] pending = new boolean[VECTORS];
        private final List<List<String>> messages = new ArrayList<>();
        private boolean enabled;
        private boolean functionMask;
        private boolean busMaster = true;

        Model() {
            for (int vector = 0; vector < VECTORS; vector++) {
                table[4 * vector + 3] = 1;
                messages.add(new ArrayList<>());
            }
        }

        void write(int at, int size, long value) {
            if (size < 4 || at % size != 0 || at + size > 16 * VECTORS) {
                return;
            }
            for (int i = 0; i < size / 4; i++) {
                int register = at / 4 + i;
                table[register] = (int) (value >>> 32 * i) & WRITABLE[register % 4];
            }
            settle();
        }

        void control(int value) {
            enabled = (value & 0x8000) != 0;
            functionMask = (value & 0x4000) != 0;
            settle();
        }

        void signal(int vector) {
            if (enabled && vector >= 0 && vector < VECTORS) {
                pending[vector] = true;
                settle();
            }
        }

        void settle() {
            for (int vector = 0; vector < VECTORS; vector++) {
                int entry = 4 * vector;
                pending[vector] &= enabled;
                if (pending[vector] && !functionMask && busMaster && table[entry + 3] == 0) {
                    pending[vector] = false;
                    long address = Integer.toUnsignedLong(table[entry]) | (long) table[entry + 1] << 32;
                    messages.get(vector)
                            .add("0x" + Long.toHexString(address) + ":0x" + Integer.toHexString(table[entry + 2]));
                }
            }
        }

        void assertAs(PciMachine machine) {
            for (int i = 0; i < table.length; i++) {
                assertThat((int) machine.context.load(PciMachine.ADDRESS + 4L * i, 4))
                        .isEqualTo(table[i]);
            }
            for (int vector = 0; vector < VECTORS; vector++) {
                assertThat(machine.pending() >> vector & 1).isEqualTo(pending[vector] ? 1 : 0);
                assertThat(machine.messages(vector)).isEqualTo(messages.get(vector));
            }
        }
    }
}
