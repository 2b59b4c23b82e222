// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.device.IoEvent;

/** Takes writes that KVM collected instead of leaving the guest for each; see {@link KvmVm#coalesce}. */
@FunctionalInterface
public interface CoalescedWrite {
    /**
     * The guest wrote.
     *
     * @param size bytes, 1 to 8
     * @param data what it wrote, zero-extended
     */
    void write(IoEvent.Space space, long address, int size, long data);
}
