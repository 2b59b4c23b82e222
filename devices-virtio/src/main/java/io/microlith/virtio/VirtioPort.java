// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.vmm.state.Snapshotable;

/** A device's place in a machine. */
public interface VirtioPort extends Snapshotable<VirtioState>, AutoCloseable {
    /** Puts the transport's registers, and through {@link VirtioDevice#deactivate} the device, into power-on state. */
    void reset();

    /** Has the device leave memory and interrupts alone: for {@link io.microlith.vmm.device.Device#pause}. */
    void pause();

    /** Has it go on: for {@link io.microlith.vmm.device.Device#resume}. */
    void resume();

    /** Ends all calls to the device; waits for one that is under way. */
    @Override
    void close();
}
