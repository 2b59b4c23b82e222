// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateCodec;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every device with state promises about it. A device's {@code …StateTest} extends this and fills in what is
 * particular: how to make one, what a guest does to it, and what a broken state looks like.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state, a record
 */
public abstract class SnapshotContract<C, S extends DeviceState> {
    /** Makes a contract. */
    protected SnapshotContract() {}

    /** Makes the devices. */
    protected abstract DeviceFactory<C, S> factory();

    /** A new configuration. Clocks in it stand still, so that states can be compared. */
    protected abstract C config();

    /** Does with the device what a guest or the embedder does, so that its state is another one after each call. */
    protected abstract void use(Device device, FakeDeviceContext guest);

    /** States that differ from a valid one in one component, which breaks a rule. */
    protected abstract List<BrokenState<S>> broken(S valid);

    /** The components that no value can break, because every value of their type is valid. */
    protected Set<String> unbreakable() {
        return Set.of();
    }

    /** What is left of a used device's state after a reset. Most devices are as they were created. */
    protected S afterReset(S used, S created) {
        return created;
    }

    @Test
    void restore_savedState_savesTheSame() {
        try (Machine original = created();
                Machine restored = restored(original.useAndSave())) {
            assertThat(restored.save()).isEqualTo(original.save());
        }
    }

    @Test
    void restore_savedState_behavesTheSame() {
        try (Machine original = created();
                Machine restored = restored(original.useAndSave())) {
            assertThat(restored.useAndSave()).isEqualTo(original.useAndSave());
        }
    }

    @Test
    void restore_usedSinceSaved_isBackAtTheSavedState() {
        try (Machine original = created()) {
            S saved = original.useAndSave();
            original.useAndSave();
            try (Machine restored = restored(saved)) {
                assertThat(restored.save()).isEqualTo(saved).isNotEqualTo(original.save());
            }
        }
    }

    @Test
    void save_afterUse_differs() {
        try (Machine machine = created()) {
            S before = machine.save();
            assertThat(machine.useAndSave()).isNotEqualTo(before);
        }
    }

    @Test
    void reset_afterUse_isAsCreated() {
        try (Machine machine = created()) {
            S atPowerOn = machine.save();
            S used = machine.useAndSave();
            machine.device.reset();
            assertThat(machine.save()).isEqualTo(afterReset(used, atPowerOn));
        }
    }

    @Test
    void broken_allComponents_areCoveredOrUnbreakable() {
        try (Machine machine = created()) {
            S valid = machine.useAndSave();
            Set<String> covered = new HashSet<>(unbreakable());
            broken(valid).forEach(broken -> covered.add(broken.field()));
            assertThat(covered)
                    .containsExactlyInAnyOrderElementsOf(
                            Arrays.stream(valid.getClass().getRecordComponents())
                                    .map(RecordComponent::getName)
                                    .toList());
        }
    }

    @TestFactory
    List<DynamicTest> restore_oneBrokenField_isRefusedAndLeavesNothing() {
        try (Machine machine = created()) {
            return broken(machine.useAndSave()).stream()
                    .map(broken -> DynamicTest.dynamicTest(
                            broken.field() + " in " + broken.state(), () -> assertRefused(broken)))
                    .toList();
        }
    }

    private void assertRefused(BrokenState<S> broken) {
        try (FakeDeviceContext context = new FakeDeviceContext(factory().type())) {
            assertThatThrownBy(() -> factory().restore(config(), broken.state(), context))
                    .isInstanceOfSatisfying(
                            InvalidStateException.class,
                            e -> assertThat(e.field()).endsWith("." + broken.field()));
            assertThat(context.ports()).isEmpty();
            assertThat(context.windows()).isEmpty();
            assertThat(context.interrupts()).isEmpty();
        }
    }

    private Machine created() {
        FakeDeviceContext context = new FakeDeviceContext(factory().type());
        return new Machine(context, factory().create(config(), context));
    }

    private Machine restored(S state) {
        FakeDeviceContext context = new FakeDeviceContext(factory().type());
        Device device = factory().restore(config(), state, context);
        device.resume();
        return new Machine(context, device);
    }

    private final class Machine implements AutoCloseable {
        private final FakeDeviceContext context;
        private final Device device;

        Machine(FakeDeviceContext context, Device device) {
            this.context = context;
            this.device = device;
        }

        S useAndSave() {
            use(device, context);
            return save();
        }

        /** The state as it is after a journey through bytes. */
        S save() {
            assertThat(device).isInstanceOf(Snapshotable.class);
            DeviceState saved = ((Snapshotable<?>) device).save();
            S read = factory().read(StateCodec.reader(StateCodec.encode(saved)));
            assertThat(read).isEqualTo(saved);
            return read;
        }

        @Override
        public void close() {
            device.close();
            context.close();
        }
    }
}
