// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.vmm.error.ConfigException;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The registers of ACPI's fixed hardware (section 4.8 of the specification), which the guest uses to switch itself off
 * and to start again, and what else there is of a PC.
 *
 * <p>The board is not "hardware-reduced": under that flag guests leave out the legacy interrupt controllers and timer,
 * which this board has, and take another path through their start that is less well trodden.
 *
 * @param ports where the registers are
 * @param systemControl the legacy interrupt they raise, level-triggered
 * @param sleepType the number, 0 to 7, that means "off" when the guest writes it to the control register's sleep type
 * @param reset the register that resets
 * @param features what else there is
 */
public record FixedHardware(Ports ports, int systemControl, int sleepType, ResetPort reset, Set<Feature> features) {
    /** A part of a PC that guests look for unless they are told that it is not there. */
    public enum Feature {
        /** Devices at the places where PCs have them: a guest may look for a serial port. */
        LEGACY_DEVICES,
        /** A keyboard controller that takes commands. One that only resets does not count. */
        KEYBOARD_CONTROLLER,
        /** The clock with CMOS memory, with the century at index 0x32. */
        REAL_TIME_CLOCK,
        /** The power button of fixed hardware, by which the host can ask the guest to switch itself off. */
        POWER_BUTTON,
        /** All 32 bits of the timer count, not just 24. */
        WIDE_TIMER
    }

    /**
     * Where the registers of fixed hardware are.
     *
     * @param event the port of the two event registers, 4 bytes: status, then enable
     * @param control the port of the control register, 2 bytes
     * @param timer the port of the timer, 4 bytes, or empty if there is none
     */
    public record Ports(int event, int control, OptionalInt timer) {
        /** Refuses ports that do not exist. Port 0 would say that the register is not there. */
        public Ports {
            checkPort(event, 4);
            checkPort(control, 2);
            timer.ifPresent(port -> checkPort(port, 4));
        }
    }

    /**
     * A port that resets the machine.
     *
     * @param port takes bytes
     * @param value the byte that resets
     */
    public record ResetPort(int port, int value) {
        /** Refuses what is no port or no byte. */
        public ResetPort {
            checkPort(port, 1);
            if ((value & ~0xff) != 0) {
                throw new ConfigException("acpi", "the reset value has 8 bits, not " + value);
            }
        }
    }

    /** Copies the set and refuses numbers that the registers do not have. */
    public FixedHardware {
        features = features.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(features));
        if (systemControl < 0 || systemControl > 15) {
            throw new ConfigException("acpi", "no legacy interrupt [systemControl=" + systemControl + "]: 0 to 15");
        }
        if ((sleepType & ~7) != 0) {
            throw new ConfigException("acpi", "no sleep type [sleepType=" + sleepType + "]: 0 to 7");
        }
    }

    /** Whether the board has a feature. */
    boolean has(Feature feature) {
        return features.contains(feature);
    }

    private static void checkPort(int port, int size) {
        if (port < 1 || port + size > 0x10000) {
            throw new ConfigException("acpi", "no register at port 0x" + Integer.toHexString(port) + ": 0x1 to 0xffff");
        }
    }
}
