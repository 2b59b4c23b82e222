// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.CloneIdentity.Aspect;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PcBoardTest {
    private static MachineState saved(String... devices) {
        return MachineState.of(Stream.of(devices)
                .map(device -> new StatePart("device." + device, ByteString.EMPTY))
                .toList());
    }

    private static List<String> own(PcBoard board, MachineState saved) {
        return board.ownDevices(saved).stream().map(DeviceId::toString).sorted().toList();
    }

    @Test
    void aspects_wholePc_areAll() {
        assertThat(new PcBoard().aspects(saved("vmgenid0"))).containsExactlyInAnyOrder(Aspect.values());
    }

    @Test
    void aspects_savedBeforeThereWasAGeneration_areWithoutIt() {
        assertThat(new PcBoard().aspects(saved("rtc0"))).containsExactly(Aspect.CLOCK);
        assertThat(own(new PcBoard(), saved("rtc0"))).contains("rtc0").doesNotContain("vmgenid0");
    }

    @Test
    void aspects_leanBoard_areNone() {
        assertThat(PcBoard.lean().aspects(saved("vmgenid0"))).isEmpty();
    }

    @Test
    void ownDevices_areThoseOfTheParts() {
        assertThat(own(new PcBoard(), saved("vmgenid0")))
                .contains("pci-host0", "rtc0", "vmgenid0")
                .containsAll(own(PcBoard.lean(), saved()))
                .hasSize(own(PcBoard.lean(), saved()).size() + 3);
    }
}
