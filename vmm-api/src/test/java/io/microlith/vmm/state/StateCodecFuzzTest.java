// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class StateCodecFuzzTest {
    @FuzzTest
    void reader_anyBytes_throwsNothingUndocumented(byte[] bytes) {
        assertThat(HostileState.read(bytes, 8)).isGreaterThanOrEqualTo(0);
    }
}
