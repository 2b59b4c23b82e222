// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.vmm.error.InvalidStateException;

/** Any bytes are a state file or are refused. */
class StateFileFuzzTest {
    @FuzzTest
    void decode_anyBytes_isRefusedOrDone(byte[] bytes) {
        try {
            StateFile.decode(bytes);
        } catch (InvalidStateException e) {
            // As documented.
        }
    }
}
