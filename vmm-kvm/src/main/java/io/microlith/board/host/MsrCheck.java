// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.host;

import io.microlith.kvm.MsrValue;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.HostDifference.Kind;
import java.util.List;
import java.util.function.Consumer;

/**
 * The model-specific registers that were saved against those of a host. One that no host has and that has nothing in it
 * is no loss.
 */
final class MsrCheck {
    private static final int ARCH_CAPABILITIES = 0x10a;

    /** What the bits of IA32_ARCH_CAPABILITIES promise, by Linux's names. */
    private static final BitNames PROMISES = BitNames.of(
            ("rdcl_no ibrs_all rsba skip_vmentry_l1dflush ssb_no mds_no pschange_mc_no tsx_ctrl taa_no - - - -"
                    + " sbdr_ssdp_no fbsdp_no psdp_no - fb_clear fb_clear_ctrl rrsba bhi_no - - - pbrsb_no -"
                    + " gds_no rfds_no rfds_clear"));

    private final HostOffer host;
    private final Consumer<HostDifference> found;

    MsrCheck(HostOffer host, Consumer<HostDifference> found) {
        this.host = host;
        this.found = found;
    }

    void run(List<MsrValue> saved) {
        for (MsrValue msr : saved) {
            if (!host.msrs().contains(msr.index()) && !MsrName.isUnused(msr)) {
                found.accept(new HostDifference(
                        Kind.REGISTER,
                        MsrName.describe(msr.index()),
                        "the guest has 0x" + Long.toHexString(msr.value()) + " in it",
                        "this host's KVM does not save and restore it"));
            } else if (msr.index() == ARCH_CAPABILITIES) {
                promises(msr.value());
            }
        }
    }

    /** A guest that was told that its processor is immune has no defence. */
    private void promises(long saved) {
        long here = host.featureMsrs().stream()
                .filter(msr -> msr.index() == ARCH_CAPABILITIES)
                .mapToLong(MsrValue::value)
                .findFirst()
                .orElse(0);
        BitNames.bits(saved & ~here)
                .forEach(bit -> found.accept(new HostDifference(
                        Kind.REGISTER,
                        PROMISES.of(bit).map(name -> name + " in ").orElse("") + MsrName.describe(ARCH_CAPABILITIES)
                                + " bit " + bit,
                        "the guest has it",
                        "this host does not")));
    }
}
