// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.abi.KvmIoctl;
import java.util.Set;

/**
 * What a hypervisor and its VMs know of their host.
 *
 * @param runSize the bytes of a vCPU's run mapping
 * @param hidden capabilities that are taken as missing, so that what is done without them can be tested
 */
record KvmHost(long runSize, Set<KvmCap> hidden) {
    /** The value of a capability as /dev/kvm or a VM gives it; 0 if it is missing. */
    int extension(KvmFile file, KvmCap capability) {
        return hidden.contains(capability)
                ? 0
                : Math.max(0, file.tryCall(KvmIoctl.KVM_CHECK_EXTENSION, capability.number()));
    }
}
