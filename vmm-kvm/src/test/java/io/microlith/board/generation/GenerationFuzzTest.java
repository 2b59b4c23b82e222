// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.StateCodec;
import java.util.UUID;

/** States of the generation counter, which has no registers that a guest could write. */
class GenerationFuzzTest {
    private static final GenerationConfig CONFIG = new GenerationConfig(0xf_f000, () -> new UUID(1, 2));

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        GenerationFactory factory = new GenerationFactory();
        try (FakeDeviceContext machine = new FakeDeviceContext("vmgenid")) {
            GenerationState state = factory.read(StateCodec.reader(bytes));
            try (Device device = factory.restore(CONFIG, state, machine)) {
                assertThat(((GenerationDevice) device).save()).isEqualTo(state);
            }
        } catch (InvalidStateException e) {
            assertThat(e).message().isNotBlank();
        }
    }
}
