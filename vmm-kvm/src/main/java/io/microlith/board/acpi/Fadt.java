// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import static io.microlith.board.acpi.FixedHardware.Feature.KEYBOARD_CONTROLLER;
import static io.microlith.board.acpi.FixedHardware.Feature.LEGACY_DEVICES;
import static io.microlith.board.acpi.FixedHardware.Feature.POWER_BUTTON;
import static io.microlith.board.acpi.FixedHardware.Feature.REAL_TIME_CLOCK;
import static io.microlith.board.acpi.FixedHardware.Feature.WIDE_TIMER;

import io.microlith.board.acpi.aml.ByteOutput;

/**
 * The description of fixed hardware (section 5.2.9). Registers are given twice, as ports and as generic addresses;
 * guests complain if the two differ.
 *
 * @param hardware what there is
 * @param facs the guest-physical address of the firmware control structure
 * @param dsdt that of the differentiated description
 */
record Fadt(FixedHardware hardware, int facs, int dsdt) implements AcpiTable {
    private static final int EVENT_LENGTH = 4;
    private static final int CONTROL_LENGTH = 2;
    private static final int TIMER_LENGTH = 4;

    /** Latencies beyond these say that the processor has no such idle state. */
    private static final int NO_C2 = 101;

    private static final int NO_C3 = 1001;
    /** Where the clock keeps the century. */
    private static final int CENTURY = 0x32;

    private static final int BOOT_LEGACY_DEVICES = 1;
    private static final int BOOT_KEYBOARD_CONTROLLER = 1 << 1;
    private static final int BOOT_NO_VGA = 1 << 2;
    private static final int BOOT_NO_CLOCK = 1 << 5;

    private static final int CACHES_FLUSH = 1;
    private static final int C1_WORKS = 1 << 2;
    private static final int NO_FIXED_POWER_BUTTON = 1 << 4;
    private static final int NO_FIXED_SLEEP_BUTTON = 1 << 5;
    private static final int NO_CLOCK_WAKE = 1 << 6;
    private static final int TIMER_IS_WIDE = 1 << 8;
    private static final int HAS_RESET_REGISTER = 1 << 10;

    private static final int PORT_SPACE = 1;
    private static final int GENERIC_ADDRESS_SIZE = 12;

    @Override
    public String signature() {
        return "FACP";
    }

    @Override
    public int revision() {
        return 6;
    }

    @Override
    public void body(ByteOutput out) {
        out.putInt(facs).putInt(dsdt);
        out.putByte(0).putByte(0).putShort(hardware.systemControl());
        // No SMI command port: the guest is in ACPI mode from the start.
        out.putInt(0).putInt(0);
        portBlocks(out);
        out.putShort(NO_C2).putShort(NO_C3);
        // Cache flushing, duty cycle and alarms: nothing of it.
        out.putZeros(8);
        out.putByte(hardware.has(REAL_TIME_CLOCK) ? CENTURY : 0);
        out.putShort(bootFlags()).putByte(0).putInt(flags());
        genericAddress(out, hardware.reset().port(), 1, 1);
        out.putByte(hardware.reset().value()).putShort(0);
        // Minor revision 3; the control structure has its address only in the field of 32 bits.
        out.putByte(3).putLong(0).putLong(Integer.toUnsignedLong(dsdt));
        genericBlocks(out);
        // Sleep control and status registers are of hardware-reduced boards; the maker of the hypervisor is not told.
        out.putZeros(2 * GENERIC_ADDRESS_SIZE + 8);
    }

    private void portBlocks(ByteOutput out) {
        FixedHardware.Ports ports = hardware.ports();
        out.putInt(ports.event()).putInt(0);
        out.putInt(ports.control()).putInt(0).putInt(0);
        out.putInt(ports.timer().orElse(0));
        out.putInt(0).putInt(0);
        out.putByte(EVENT_LENGTH).putByte(CONTROL_LENGTH).putByte(0);
        out.putByte(ports.timer().isPresent() ? TIMER_LENGTH : 0);
        out.putZeros(4);
    }

    private void genericBlocks(ByteOutput out) {
        FixedHardware.Ports ports = hardware.ports();
        genericAddress(out, ports.event(), EVENT_LENGTH, 2);
        out.putZeros(GENERIC_ADDRESS_SIZE);
        genericAddress(out, ports.control(), CONTROL_LENGTH, 2);
        out.putZeros(2 * GENERIC_ADDRESS_SIZE);
        if (ports.timer().isPresent()) {
            genericAddress(out, ports.timer().getAsInt(), TIMER_LENGTH, 4);
        } else {
            out.putZeros(GENERIC_ADDRESS_SIZE);
        }
        out.putZeros(2 * GENERIC_ADDRESS_SIZE);
    }

    private int bootFlags() {
        return BOOT_NO_VGA
                | (hardware.has(LEGACY_DEVICES) ? BOOT_LEGACY_DEVICES : 0)
                | (hardware.has(KEYBOARD_CONTROLLER) ? BOOT_KEYBOARD_CONTROLLER : 0)
                | (hardware.has(REAL_TIME_CLOCK) ? 0 : BOOT_NO_CLOCK);
    }

    private int flags() {
        return CACHES_FLUSH
                | C1_WORKS
                | NO_FIXED_SLEEP_BUTTON
                | NO_CLOCK_WAKE
                | HAS_RESET_REGISTER
                | (hardware.has(POWER_BUTTON) ? 0 : NO_FIXED_POWER_BUTTON)
                | (hardware.has(WIDE_TIMER) ? TIMER_IS_WIDE : 0);
    }

    /** Appends a generic address structure (section 5.2.3.2): space, width and offset in bits, access size, address. */
    private static void genericAddress(ByteOutput out, int port, int bytes, int accessBytes) {
        int accessSize = Integer.numberOfTrailingZeros(accessBytes) + 1;
        out.putByte(PORT_SPACE)
                .putByte(8 * bytes)
                .putByte(0)
                .putByte(accessSize)
                .putLong(port);
    }
}
