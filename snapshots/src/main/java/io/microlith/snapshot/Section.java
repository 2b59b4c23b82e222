// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.state.ByteString;

/**
 * A section of a state file.
 *
 * @param type the number of its type
 * @param name whose it is; empty where there is only one of the type
 * @param content its bytes, a state in the format of {@link io.microlith.vmm.state.StateCodec}
 */
public record Section(int type, String name, ByteString content) {}
