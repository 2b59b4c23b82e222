// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The interrupt controllers of the board: local APICs, one I/O APIC from global system interrupt 0 on, and perhaps the
 * pair of legacy controllers.
 *
 * @param localApic the guest-physical address of the local APICs
 * @param ioApic that of the I/O APIC
 * @param ioApicId the I/O APIC's id, 0 to 255
 * @param legacy whether there are 8259 controllers
 * @param overrides the legacy interrupts that are wired in their own way
 */
public record InterruptControllers(
        long localApic, long ioApic, int ioApicId, Legacy legacy, List<InterruptOverride> overrides) {
    private static final long LOCAL_APIC = 0xfee0_0000L;
    private static final long IO_APIC = 0xfec0_0000L;
    private static final int TIMER_IRQ = 0;
    private static final int TIMER_INPUT = 2;
    private static final long PAGE_MASK = 0xfff;

    /** Whether there are 8259 controllers. */
    public enum Legacy {
        /** There are. */
        PRESENT,
        /** There are none. */
        ABSENT
    }

    /** Copies the list, and refuses addresses that are out of reach and two overrides of one interrupt. */
    public InterruptControllers {
        overrides = List.copyOf(overrides);
        if (((localApic | ioApic) & (PAGE_MASK | -1L << 32)) != 0 || (ioApicId & ~0xff) != 0) {
            throw new ConfigException(
                    "interrupts",
                    "no such APIC [localApic=0x" + Long.toHexString(localApic) + " ioApic=0x" + Long.toHexString(ioApic)
                            + " ioApicId=" + ioApicId + "]: pages below 4 GiB, id of 8 bits");
        }
        Set<Integer> irqs = new HashSet<>();
        for (InterruptOverride override : overrides) {
            if (!irqs.add(override.irq())) {
                throw new ConfigException("interrupts", "interrupt " + override.irq() + " has two overrides");
            }
        }
    }

    /**
     * The interrupt controllers of a PC: the timer's interrupt 0 goes to input 2, and that of ACPI is level-triggered.
     *
     * @param ioApicId the I/O APIC's id
     * @param systemControl the interrupt of {@link FixedHardware}
     */
    public static InterruptControllers ofPc(int ioApicId, int systemControl) {
        InterruptOverride timer = new InterruptOverride(TIMER_IRQ, new Interrupt(TIMER_INPUT, Trigger.EDGE));
        return new InterruptControllers(
                LOCAL_APIC, IO_APIC, ioApicId, Legacy.PRESENT, List.of(timer, InterruptOverride.level(systemControl)));
    }
}
