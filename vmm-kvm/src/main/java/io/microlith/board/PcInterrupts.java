// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who has which input of the I/O APIC. Inputs 0 to 15 are those of the ISA bus, of which 13 is the generation's, 16 to
 * 19 those of PCI, 20 to 23 free.
 */
final class PcInterrupts {
    /** KVM's I/O APIC has as many inputs (arch/x86/kvm/ioapic.h). */
    static final int INPUTS = 24;

    /** ISA interrupts that no device of a PC has a right to, then those beyond the ISA bus. */
    private static final List<Integer> FREE = List.of(5, 6, 7, 10, 11, 14, 15, 20, 21, 22, 23);

    private final Map<Integer, Claim> claims = new HashMap<>();

    private record Claim(DeviceId device, Interrupt interrupt) {}

    /** Gives a device an input, which it shares only if both sides are level-triggered. */
    void claim(DeviceId device, Interrupt interrupt) {
        if (interrupt.gsi() < 0 || interrupt.gsi() >= INPUTS) {
            throw new ConfigException(
                    "interrupt",
                    device + " wants interrupt " + interrupt.gsi() + ": the board has 0 to " + (INPUTS - 1));
        }
        Claim earlier = claims.putIfAbsent(interrupt.gsi(), new Claim(device, interrupt));
        if (earlier != null && !(isLevel(earlier.interrupt) && isLevel(interrupt))) {
            throw new ConfigException(
                    "interrupt",
                    device + " wants interrupt " + interrupt.gsi() + ", which " + earlier.device
                            + " has: an edge-triggered interrupt belongs to one device, give one of them another");
        }
    }

    /** Gives a device an input that nobody has. */
    Interrupt claimFree(DeviceId device, Trigger trigger) {
        for (int gsi : FREE) {
            if (!claims.containsKey(gsi)) {
                Interrupt interrupt = new Interrupt(gsi, trigger);
                claims.put(gsi, new Claim(device, interrupt));
                return interrupt;
            }
        }
        throw new ConfigException("interrupt", device + " wants an interrupt, and all " + FREE.size() + " are taken");
    }

    private static boolean isLevel(Interrupt interrupt) {
        return interrupt.trigger() == Trigger.LEVEL;
    }
}
