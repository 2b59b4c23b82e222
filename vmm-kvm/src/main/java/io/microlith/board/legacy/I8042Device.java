// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.Snapshotable;

/**
 * The keyboard controller of a PC, with neither a keyboard nor a mouse: what is left of it is the line to the
 * processor's reset, which guests pulse to restart the machine, and enough answers for a driver to find out quickly
 * that nothing is connected.
 *
 * <p>Commands as in IBM's PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller". It
 * takes no interrupt, since it has nothing to tell. Firmware tables should say that there is no 8042 (FADT,
 * IAPC_BOOT_ARCH), so that guests do not look for one.
 *
 * <p>Any thread; one short lock.
 */
public final class I8042Device implements Device, PioDevice, Snapshotable<I8042State> {
    /** The port of data. */
    public static final int DATA_PORT = 0x60;

    /** The port of commands (write) and status (read). */
    public static final int COMMAND_PORT = 0x64;

    /** The command that restarts the machine: a pulse on the reset line. */
    public static final int PULSE_RESET = 0xfe;

    static final int MEMORY_SIZE = 32;

    /** Status: a byte can be read. */
    private static final int STATUS_FULL = 1;
    /** Status: the self-test was passed. */
    private static final int STATUS_SYSTEM = 1 << 2;
    /** Status: the last write was a command. */
    private static final int STATUS_COMMAND = 1 << 3;
    /** Status: the keyboard is not locked. */
    private static final int STATUS_UNLOCKED = 1 << 4;
    /** Status: the byte that can be read is the mouse's. */
    private static final int STATUS_AUXILIARY = 1 << 5;
    /** Status: nobody answered. */
    private static final int STATUS_TIMEOUT = 1 << 6;

    static final int STATUS_BITS =
            STATUS_FULL | STATUS_SYSTEM | STATUS_COMMAND | STATUS_UNLOCKED | STATUS_AUXILIARY | STATUS_TIMEOUT;

    /** Command byte: both devices may interrupt; as firmware leaves it. */
    private static final byte BOTH_INTERRUPTS = 0x03;
    /** Command byte: the copy of {@link #STATUS_SYSTEM}. */
    private static final int COMMAND_BYTE_SYSTEM = 1 << 2;

    /** Output port: the reset line, low when it resets. */
    private static final int OUTPUT_RESET = 1;
    /** Output port: the gate of address line 20. */
    private static final int OUTPUT_A20 = 1 << 1;

    private static final int SELF_TEST_PASSED = 0x55;
    /** An interface test's result: the clock line is stuck low. There is nothing at its other end. */
    private static final int CLOCK_STUCK = 0x01;
    /** What the controller puts into the place of an answer when none comes. */
    private static final int RESEND = 0xfe;

    private static final int INDEX_MASK = MEMORY_SIZE - 1;

    static final I8042State POWER_ON =
            new I8042State(STATUS_UNLOCKED, 0, 0, OUTPUT_RESET | OUTPUT_A20, memoryAtPowerOn());

    private final DeviceId id;
    private final VmControl control;
    private final Object lock = new Object();
    private int status;
    private int data;
    private int command;
    private int outputPort;
    private byte[] memory = new byte[MEMORY_SIZE];

    I8042Device(I8042State state, DeviceContext context) {
        id = context.id();
        control = context.control();
        load(state);
        context.mapPio(new AddressRange(DATA_PORT, 1), this);
        context.mapPio(new AddressRange(COMMAND_PORT, 1), new CommandPort());
    }

    private static ByteString memoryAtPowerOn() {
        byte[] memory = new byte[MEMORY_SIZE];
        memory[0] = BOTH_INTERRUPTS;
        return ByteString.of(memory);
    }

    private void load(I8042State state) {
        status = state.status();
        data = state.data();
        command = state.command();
        outputPort = state.outputPort();
        memory = state.memory().toByteArray();
    }

    /** Whether a command is followed by a byte at the data port. */
    static boolean takesByte(int command) {
        return (command >= 0x60 && command <= 0x7f) || (command >= 0xd1 && command <= 0xd4);
    }

    @Override
    public DeviceId id() {
        return id;
    }

    /** Reads the data port. */
    @Override
    public int read(int offset, int size) {
        synchronized (lock) {
            status &= ~(STATUS_FULL | STATUS_AUXILIARY | STATUS_TIMEOUT);
            return data;
        }
    }

    /** Writes the data port. */
    @Override
    public void write(int offset, int size, int value) {
        synchronized (lock) {
            int waiting = command;
            command = 0;
            status &= ~STATUS_COMMAND;
            finish(waiting, value & 0xff);
        }
    }

    /** Ends a command with its byte; without one, the byte is for the keyboard. */
    private void finish(int waiting, int value) {
        switch (waiting) {
            case 0xd1 -> setOutputPort(value);
            case 0xd2 -> answer(value, 0);
            // A driver that gets back what it sent believes in a mouse.
            case 0xd3 -> answer(~value & 0xff, STATUS_AUXILIARY);
            case 0, 0xd4 -> answer(RESEND, STATUS_TIMEOUT | (waiting == 0 ? 0 : STATUS_AUXILIARY));
            default -> store(waiting & INDEX_MASK, value);
        }
    }

    private void store(int index, int value) {
        memory[index] = (byte) value;
        if (index == 0) {
            boolean passed = (value & COMMAND_BYTE_SYSTEM) != 0;
            status = passed ? status | STATUS_SYSTEM : status & ~STATUS_SYSTEM;
        }
    }

    private void setOutputPort(int value) {
        outputPort = value;
        if ((value & OUTPUT_RESET) == 0) {
            control.reset();
        }
    }

    private void answer(int value, int flags) {
        data = value;
        status = (status & ~(STATUS_AUXILIARY | STATUS_TIMEOUT)) | STATUS_FULL | flags;
    }

    private void begin(int value) {
        command = 0;
        status |= STATUS_COMMAND;
        if (takesByte(value)) {
            command = value;
            return;
        }
        switch (value) {
            // The mouse's interface, then the keyboard's.
            case 0xa9, 0xab -> answer(CLOCK_STUCK, 0);
            case 0xaa -> {
                status |= STATUS_SYSTEM;
                answer(SELF_TEST_PASSED, 0);
            }
            case 0xc0 -> answer(0, 0);
            case 0xd0 -> answer(outputPort, 0);
            case 0xdd -> outputPort &= ~OUTPUT_A20;
            case 0xdf -> outputPort |= OUTPUT_A20;
            default -> beginRanged(value);
        }
    }

    private void beginRanged(int value) {
        if (value >= 0x20 && value <= 0x3f) {
            answer(Byte.toUnsignedInt(memory[value & INDEX_MASK]), 0);
        } else if (value >= 0xf0 && (value & OUTPUT_RESET) == 0) {
            // Bits 0 to 3 say which lines of the output port are not pulsed.
            control.reset();
        }
        // What is left enables and disables devices that are not there.
    }

    @Override
    public I8042State save() {
        synchronized (lock) {
            return new I8042State(status, data, command, outputPort, ByteString.of(memory));
        }
    }

    @Override
    public void reset() {
        synchronized (lock) {
            load(POWER_ON);
        }
    }

    @Override
    public void close() {}

    /** {@code i80420}. */
    @Override
    public String toString() {
        return id.toString();
    }

    private final class CommandPort implements PioDevice {
        @Override
        public int read(int offset, int size) {
            synchronized (lock) {
                return status;
            }
        }

        @Override
        public void write(int offset, int size, int value) {
            synchronized (lock) {
                begin(value & 0xff);
            }
        }

        @Override
        public String toString() {
            return id.toString();
        }
    }
}
