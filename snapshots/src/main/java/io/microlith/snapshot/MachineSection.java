// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.OnReset;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.Overcommit;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The size of the machine and who it was.
 *
 * @param vm its name
 * @param memory bytes of RAM
 * @param vcpus the number of its vCPUs
 * @param savedAt when it was saved, in milliseconds since 1970
 */
record MachineSection(String vm, long memory, int vcpus, long savedAt) implements DeviceState {
    private static final int VERSION = 1;
    private static final int MOST_VCPUS = 4096;

    static MachineSection of(VmConfig config, long now) {
        return new MachineSection(config.id(), config.memory().bytes(), config.vcpus(), now);
    }

    static MachineSection read(StateReader reader) {
        return new MachineSection(
                new String(reader.getBytes(1), StandardCharsets.US_ASCII),
                reader.getLong(2, 0),
                reader.getInt(3, 0),
                reader.getLong(4, 0));
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putBytes(1, vm.getBytes(StandardCharsets.US_ASCII))
                .putLong(2, memory)
                .putLong(3, vcpus)
                .putLong(4, savedAt);
    }

    /**
     * The machine's size and manner; how a reset ends and what pages it has is the business of who restores it.
     *
     * @param excluded the memory that its snapshots do not have
     * @throws io.microlith.vmm.error.InvalidStateException if no machine is like that
     */
    VmConfig checked(List<AddressRange> excluded) {
        StateCheck.of("MachineSection")
                .require("vm", vm, vm.matches("[A-Za-z0-9._:-]{1,64}"), "the name of a VM")
                .inRange("memory", memory, MemoryImage.PAGE, Long.MAX_VALUE)
                .require("memory", memory, memory % MemoryImage.PAGE == 0, "whole pages")
                .inRange("vcpus", vcpus, 1, MOST_VCPUS);
        return new VmConfig(
                vm,
                Size.bytes(memory),
                PageBacking.SMALL,
                Overcommit.REFUSE,
                WriteTracking.NONE,
                vcpus,
                OnReset.END,
                List.of(),
                excluded);
    }
}
