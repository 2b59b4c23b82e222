// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmCap;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a host's KVM can do, asked for once.
 *
 * @param capabilities the capabilities it has, with their values
 * @param kind how it runs guest code
 * @param cpuid what it can offer a guest by CPUID, with the host's own topology in it
 * @param msrs the model-specific registers whose values are a vCPU's state
 * @param featureMsrs the model-specific registers that describe the processor
 */
public record HostProfile(
        Map<KvmCap, Integer> capabilities,
        KvmKind kind,
        List<CpuidEntry> cpuid,
        List<Integer> msrs,
        List<MsrValue> featureMsrs) {
    /** Copies the collections. */
    public HostProfile {
        capabilities = Map.copyOf(capabilities);
        cpuid = List.copyOf(cpuid);
        msrs = List.copyOf(msrs);
        featureMsrs = List.copyOf(featureMsrs);
    }

    /**
     * Asks a host. Makes a VM for a moment, to see how it runs code.
     *
     * @throws io.microlith.vmm.error.HypervisorException if the host fails
     */
    public static HostProfile probe(KvmHypervisor kvm) {
        Map<KvmCap, Integer> found = new EnumMap<>(KvmCap.class);
        for (KvmCap capability : KvmCap.values()) {
            int value = kvm.extension(capability);
            if (value > 0) {
                found.put(capability, value);
            }
        }
        return new HostProfile(
                found, KvmKindProbe.probe(kvm), kvm.supportedCpuid(), kvm.msrIndices(), kvm.featureMsrs());
    }

    /** The capabilities this SDK knows of and the host lacks. What they are for is done in another way, or not. */
    public Set<KvmCap> missing() {
        Set<KvmCap> missing = EnumSet.allOf(KvmCap.class);
        missing.removeAll(capabilities.keySet());
        return missing;
    }

    /** The features KVM can offer a guest. */
    public Set<CpuFeature> features() {
        return CpuFeature.allIn(cpuid);
    }
}
