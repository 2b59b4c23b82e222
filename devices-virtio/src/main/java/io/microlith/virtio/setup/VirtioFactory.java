// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.setup;

import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.DeviceState;

/**
 * Makes virtio devices of one type. Its options in text are its own, and those of every virtio device, which
 * {@link SetupOptions#takeSetup} takes: who has the name of a type only can so give it a transport.
 *
 * @param <C> what the embedder decides about a device: a record
 * @param <S> the device's state
 */
public interface VirtioFactory<C, S extends DeviceState> extends DeviceFactory<C, S> {}
