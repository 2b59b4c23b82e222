// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Registration;

/** Where the host's side of a serial port comes from, when it is not the embedder who pushes it. */
public interface SerialSource {
    /** Nowhere. */
    SerialSource NONE = (_, _, _) -> () -> {};

    /**
     * Begins to feed a port.
     *
     * @param input the wire into the port; takes bytes as long as it has {@linkplain SerialInput#room room}
     * @param loop the loop of the port's VM
     * @param events whom to tell if reading fails
     * @return ends the feeding; called once, when the VM closes, on none of its vCPU threads
     */
    Registration connect(SerialInput input, EventLoop loop, SerialEvents events);
}
