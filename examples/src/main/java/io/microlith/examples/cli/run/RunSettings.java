// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.PcPart;
import io.microlith.vmm.OnReset;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.memory.Overcommit;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.util.List;
import java.util.Set;

/**
 * What the user wants to run, and how.
 *
 * @param session where it runs, who reaches it, and what is said of it
 * @param boot what it starts with
 * @param missing the parts that the board has not
 * @param memory the guest's RAM
 * @param overcommit whether the RAM may be more than the host's
 * @param vcpus the number of vCPUs
 * @param pages the host's pages behind the RAM
 * @param tracking how it is noted which pages are written
 * @param onReset what to do when the guest reboots
 * @param processors the host processor of each vCPU, or none to leave that to the scheduler
 * @param devices what the guest has beside its console
 * @param console what is on the terminal, and the ports beside it
 */
record RunSettings(
        GuestSession session,
        BootSettings boot,
        Set<PcPart> missing,
        Size memory,
        Overcommit overcommit,
        int vcpus,
        PageBacking pages,
        WriteTracking tracking,
        OnReset onReset,
        List<Integer> processors,
        List<DeviceRequest> devices,
        ConsoleSettings console) {}
