// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import java.util.List;
import java.util.Map;

/**
 * The whole state of a vCPU, as KVM's structs.
 *
 * @param blocks the parts this host has; the arrays are not to be changed
 * @param msrs the model-specific registers that can be read
 */
public record KvmVcpuState(Map<VcpuBlock, byte[]> blocks, List<MsrValue> msrs) {
    /** Copies the collections. */
    public KvmVcpuState {
        blocks = Map.copyOf(blocks);
        msrs = List.copyOf(msrs);
    }
}
