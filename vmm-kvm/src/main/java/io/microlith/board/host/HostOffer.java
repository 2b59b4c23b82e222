// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.host;

import io.microlith.kvm.CpuidEntry;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.MsrValue;
import io.microlith.kvm.abi.KvmCap;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * What a host can give a machine that was saved.
 *
 * @param cpuid what KVM supports there
 * @param msrs the model-specific registers that KVM saves and restores there
 * @param featureMsrs those that describe the processor
 * @param capabilities which of KVM's capabilities are there
 * @param tscKhz how fast the TSC goes, 0 if nobody knows: asked only if it matters
 */
public record HostOffer(
        List<CpuidEntry> cpuid,
        Set<Integer> msrs,
        List<MsrValue> featureMsrs,
        Predicate<KvmCap> capabilities,
        IntSupplier tscKhz) {
    /** Copies the collections. */
    public HostOffer {
        cpuid = List.copyOf(cpuid);
        msrs = Set.copyOf(msrs);
        featureMsrs = List.copyOf(featureMsrs);
    }

    /** Of a host. */
    public static HostOffer of(KvmHypervisor kvm) {
        return new HostOffer(
                kvm.supportedCpuid(),
                Set.copyOf(kvm.msrIndices()),
                kvm.featureMsrs(),
                capability -> kvm.extension(capability) > 0,
                kvm::tscKhz);
    }
}
