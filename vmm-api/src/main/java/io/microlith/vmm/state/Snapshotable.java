// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

/**
 * Something whose state can be taken out. There is no way to put it back into a live object: the constructor is the
 * restore.
 *
 * @param <S> the state
 */
public interface Snapshotable<S extends DeviceState> {
    /** The state now. Called while vCPUs and device threads are paused. */
    S save();
}
