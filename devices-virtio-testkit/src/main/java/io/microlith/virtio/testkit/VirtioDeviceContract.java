// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.state.DeviceState;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * What every virtio device promises, whatever its driver does: it throws nothing, and works again after a reset. A test
 * of a device extends this and says how to make one and what a good request is. Needs the engines of JUnit and jqwik.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state
 */
public abstract class VirtioDeviceContract<C, S extends DeviceState> extends RingContract<C, S> {
    /** Makes a contract. */
    protected VirtioDeviceContract() {}

    /** A driver that does anything at all, in any order, on any of the device's queues. */
    @Property(tries = 300)
    public void driver_hostile_harmsNothingAndWorksAfterReset(@ForAll("attacks") List<HostileStep> steps) {
        attack(GuestDriver.ALL_OF_SPLIT_QUEUES, steps);
    }

    /** The same with packed queues, where the device offers them. */
    @Property(tries = 300)
    public void driver_hostileOnPackedQueue_harmsNothingAndWorksAfterReset(@ForAll("attacks") List<HostileStep> steps) {
        attack(-1L, steps);
    }

    private void attack(long features, List<HostileStep> steps) {
        Machine machine = new Machine();
        try {
            HostileDriver hostile = HostileDriver.begin(machine.driver, features);
            for (HostileStep step : steps) {
                switch (step.kind()) {
                    // Of a new heap: it begins as often as it likes, with all the device's queues.
                    case BEGIN -> hostile = HostileDriver.begin(new GuestDriver(machine.context), features);
                    case REQUEST -> machine.tryRequest();
                    case MOVE -> {
                        Machine elsewhere = machine.move();
                        machine.close();
                        machine = elsewhere;
                        hostile = hostile.moved(machine.driver);
                    }
                    default -> hostile.take(step);
                }
            }
            machine.assertWorks();
        } finally {
            machine.close();
        }
    }

    /** What hostile drivers do, much of it close to what makes sense. */
    @Provide
    public Arbitrary<List<HostileStep>> attacks() {
        Arbitrary<Long> numbers = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.longs().between(0, FakeDeviceContext.MEMORY_SIZE + 16)),
                Tuple.of(3, Arbitraries.longs().between(0, 0x400)),
                Tuple.of(1, Arbitraries.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 0xffff_ffffL, 1L << 32, 1L << 63)));
        return Combinators.combine(
                        Arbitraries.of(HostileStep.Kind.class),
                        Arbitraries.integers().between(0, 0xff),
                        numbers,
                        numbers,
                        Arbitraries.integers())
                .as(HostileStep::new)
                .list()
                .ofMaxSize(40);
    }
}
