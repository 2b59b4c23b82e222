// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.testkit.RecordingVmControl;
import io.microlith.testkit.StateContract;
import io.microlith.vmm.state.StateReader;

class ResetControlStateTest extends StateContract<ResetControl, ResetControlState> {
    private record Register(ResetControl part) implements Subject<ResetControl> {
        @Override
        public void use() {
            part.write(0, 1, part.read(0, 1) ^ 0x0a);
        }
    }

    @Override
    protected Subject<ResetControl> create() {
        return new Register(new ResetControl(new RecordingVmControl()));
    }

    @Override
    protected Subject<ResetControl> restore(ResetControlState state) {
        return new Register(new ResetControl(new RecordingVmControl(), state));
    }

    @Override
    protected ResetControlState read(StateReader reader) {
        return ResetControlState.read(reader);
    }
}
