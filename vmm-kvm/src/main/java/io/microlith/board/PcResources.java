// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.vmm.device.FirmwareNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the devices of one machine have taken and told.
 *
 * @param windows the guest-physical addresses they took
 * @param interrupts the interrupts they took
 * @param nodes what the firmware tables are to say of them
 */
record PcResources(PcWindows windows, PcInterrupts interrupts, List<FirmwareNode> nodes) {
    PcResources() {
        this(new PcWindows(), new PcInterrupts(), new ArrayList<>());
    }
}
