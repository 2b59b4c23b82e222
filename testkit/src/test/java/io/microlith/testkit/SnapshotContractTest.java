// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.StateReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;

/** The contract fails for devices that break it. */
class SnapshotContractTest {
    /** A factory whose restore does what a test wants. */
    private record Faulty(Latch.Factory sound, boolean forgets) implements DeviceFactory<String, Latch.State> {
        @Override
        public String type() {
            return sound.type();
        }

        @Override
        public String configure(Map<String, String> options) {
            return sound.configure(options);
        }

        @Override
        public Device create(String config, DeviceContext context) {
            return sound.create(config, context);
        }

        @Override
        public Device restore(String config, Latch.State state, DeviceContext context) {
            return sound.restore(config, new Latch.State(forgets ? 0 : state.value() & 0xff), context);
        }

        @Override
        public Latch.State read(StateReader reader) {
            return sound.read(reader);
        }
    }

    private static final class Contract extends SnapshotContract<String, Latch.State> {
        private final boolean forgets;
        private final boolean idle;
        private final List<BrokenState<Latch.State>> broken;

        Contract(boolean forgets, boolean idle, List<BrokenState<Latch.State>> broken) {
            this.forgets = forgets;
            this.idle = idle;
            this.broken = broken;
        }

        @Override
        protected DeviceFactory<String, Latch.State> factory() {
            return new Faulty(new Latch.Factory(), forgets);
        }

        @Override
        protected String config() {
            return "";
        }

        @Override
        protected void use(Device device, FakeDeviceContext guest) {
            if (!idle) {
                guest.out(Latch.PORT, guest.in(Latch.PORT) + 1);
            }
        }

        @Override
        protected List<BrokenState<Latch.State>> broken(Latch.State valid) {
            return broken;
        }
    }

    @Test
    void restore_forgetsState_fails() {
        Contract contract = new Contract(true, false, List.of());

        assertThatThrownBy(contract::restore_savedState_savesTheSame).isInstanceOf(AssertionError.class);
        assertThatThrownBy(contract::restore_savedState_behavesTheSame).isInstanceOf(AssertionError.class);
        assertThatThrownBy(contract::restore_usedSinceSaved_isBackAtTheSavedState)
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void save_sameAfterUse_fails() {
        Contract contract = new Contract(false, true, List.of());

        assertThatThrownBy(contract::save_afterUse_differs).isInstanceOf(AssertionError.class);
    }

    @Test
    void restore_takesBrokenState_fails() {
        Contract contract = new Contract(false, false, List.of(new BrokenState<>("value", new Latch.State(0x100))));

        for (DynamicTest test : contract.restore_oneBrokenField_isRefusedAndLeavesNothing()) {
            assertThatThrownBy(() -> test.getExecutable().execute()).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void broken_missesAComponent_fails() {
        Contract contract = new Contract(false, false, List.of());

        assertThatThrownBy(contract::broken_allComponents_areCoveredOrUnbreakable)
                .isInstanceOf(AssertionError.class);
    }
}
