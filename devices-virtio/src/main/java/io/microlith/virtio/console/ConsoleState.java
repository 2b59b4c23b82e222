// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.VirtioState;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A console, without what is on its way at the host's ends.
 *
 * @param virtio its transport and queues
 * @param ports the terminal's place, and then the ports
 */
public record ConsoleState(VirtioState virtio, List<PortState> ports) implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    private static final int FIRST_PORT_TAG = 16;

    /** Copies the list. */
    public ConsoleState {
        ports = List.copyOf(ports);
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putState(1, virtio).putLong(2, ports.size());
        for (int i = 0; i < ports.size(); i++) {
            writer.putState(FIRST_PORT_TAG + i, ports.get(i));
        }
    }

    static ConsoleState read(StateReader reader) {
        VirtioState virtio = VirtioState.read(reader.getState(1));
        int count = reader.getInt(2, 0);
        StateCheck.of("ConsoleState").inRange("ports", count, 1, ConsoleConfig.MAX_PORTS + 1L);
        List<PortState> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ports.add(PortState.read(reader.getState(FIRST_PORT_TAG + i)));
        }
        return new ConsoleState(virtio, ports);
    }

    /** Returns this state if it is one of a console with so many ports. */
    ConsoleState checked(int count) {
        StateCheck.of("ConsoleState").inRange("ports", ports.size(), count, count);
        ports.forEach(PortState::checked);
        return this;
    }
}
