// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.host;

import io.microlith.kvm.CpuidRegister;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.HostDifference.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * What a guest was told by CPUID against what a host supports. Model, stepping, caches and topology are not compared: a
 * guest works with what it was told of them.
 */
final class CpuidCheck {
    private static final int ADDRESS_SIZES = 0x8000_0008;
    private static final int FEATURES = 1;
    private static final int TSC_DEADLINE = 1 << 24;

    private final CpuidLeaves guest;
    private final CpuidLeaves host;
    private final Consumer<HostDifference> found;

    CpuidCheck(CpuidLeaves guest, CpuidLeaves host, Consumer<HostDifference> found) {
        this.guest = guest;
        this.host = host;
        this.found = found;
    }

    void run() {
        vendor();
        addressBits("physical address bits", 0);
        addressBits("linear address bits", 8);
        for (FeatureWord word : FeatureWord.values()) {
            features(word);
        }
    }

    /** Whether the guest was told of a deadline timer, which is none of the processor's but of the host's APIC. */
    boolean needsDeadlineTimer() {
        return (guest.register(FEATURES, 0, CpuidRegister.ECX) & TSC_DEADLINE) != 0;
    }

    private void vendor() {
        String saved = vendor(guest);
        String here = vendor(host);
        if (!saved.equals(here)) {
            found.accept(new HostDifference(
                    Kind.PROCESSOR, "vendor (CPUID 0x0)", "the guest has " + saved, "this host has " + here));
        }
    }

    private static String vendor(CpuidLeaves leaves) {
        ByteBuffer text = ByteBuffer.allocate(3 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        text.putInt(leaves.register(0, 0, CpuidRegister.EBX));
        text.putInt(leaves.register(0, 0, CpuidRegister.EDX));
        text.putInt(leaves.register(0, 0, CpuidRegister.ECX));
        return new String(text.array(), StandardCharsets.US_ASCII).replaceAll("[^ -~]", "?");
    }

    private void addressBits(String name, int shift) {
        int saved = guest.register(ADDRESS_SIZES, 0, CpuidRegister.EAX) >>> shift & 0xff;
        int here = host.register(ADDRESS_SIZES, 0, CpuidRegister.EAX) >>> shift & 0xff;
        if (saved > here) {
            found.accept(new HostDifference(
                    Kind.PROCESSOR,
                    name + " (CPUID 0x80000008.0 EAX)",
                    "the guest has " + saved,
                    "this host has " + here));
        }
    }

    private void features(FeatureWord word) {
        BitNames.bits(Integer.toUnsignedLong(word.of(guest) & ~word.of(host)))
                .forEach(bit -> found.accept(new HostDifference(
                        Kind.FEATURE, word.describe(bit), "the guest has it", "this host does not")));
    }
}
