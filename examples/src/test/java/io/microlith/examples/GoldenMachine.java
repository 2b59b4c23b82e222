// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import io.microlith.snapshot.Snapshot;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A machine that an earlier build saved, without what it had in memory: Linux with two vCPUs and one virtio device of
 * each kind.
 *
 * @param state what it was
 */
record GoldenMachine(MachineState state) implements Restoration {
    /** The type of sections that are parts: docs/snapshots.md. */
    private static final int PART = 3;

    static GoldenMachine of(String golden) throws URISyntaxException {
        URL state = GoldenMachine.class.getResource("/golden/" + golden + "/" + Snapshot.STATE_FILE);
        Path directory = Path.of(Objects.requireNonNull(state, golden).toURI()).getParent();
        return new GoldenMachine(MachineState.of(Snapshot.outline(directory).sections().stream()
                .filter(section -> section.type() == PART)
                .map(section -> new StatePart(section.name(), section.content()))
                .toList()));
    }

    @Override
    public VmConfig config() {
        return VmConfig.of("golden", Size.mebibytes(256), 2);
    }

    @Override
    public MemorySource memory(List<AddressRange> ranges) {
        return MemorySource.ZERO;
    }
}
