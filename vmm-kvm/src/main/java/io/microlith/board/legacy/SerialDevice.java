// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.stream.OutputPump;
import java.util.List;

/**
 * A serial port with a 16550A UART, between a guest and a host's streams.
 *
 * <p>The line is infinitely fast: what the guest sends is with the host's side at once, and the transmitter is empty
 * again before the guest looks. It is only not empty while the host does not take the output. The terminal at the other
 * end sends only while the guest asserts RTS, and in portions of one FIFO: the next one comes from the event loop when
 * the guest has read the last, so that no guest is kept in its interrupt handler for as long as there is input.
 *
 * <p>The interrupt is edge-triggered: it is triggered whenever the chip's own line would rise.
 *
 * <p>Any thread. One short lock, which is not held while a stream is read or written.
 */
public final class SerialDevice implements Device, PioDevice, Snapshotable<SerialState> {
    /** The ACPI id of a 16550A-compatible port. */
    private static final String HARDWARE_ID = "PNP0501";

    private final DeviceId id;
    private final VmControl control;
    private final EventLoop loop;
    private final SerialEvents events;
    private final InterruptLine interrupt;
    private final OutputPump output;
    private final SerialInput input;
    private final Registration source;

    private final Object lock = new Object();
    private final Uart uart = new Uart(new Line());
    private final byte[] portion = new byte[SerialRegisters.FIFO_SIZE];

    /** Whether the chip's interrupt line was high when we last looked. */
    private boolean asserted;

    /** Whether the event loop is to bring the next portion. */
    private boolean awaitsPortion;

    private boolean closed;

    SerialDevice(SerialConfig config, SerialState state, DeviceContext context) {
        id = context.id();
        control = context.control();
        loop = context.eventLoop();
        events = config.events();
        output = new OutputPump(id.toString(), config.output(), OutputPump.FOR_A_LINE, new OutputOwner());
        input = config.input().orElseGet(SerialInput::new);
        uart.load(state);

        SerialPort port = config.port().orElseGet(() -> SerialPort.standard(id.index()));
        Interrupt claimed = claim(port, context);
        interrupt = context.line(claimed);
        context.mapPio(port.range(), this);
        context.describe(new FirmwareNode(HARDWARE_ID, List.of(), List.of(port.range()), List.of(claimed)));
        input.connect(this::receive);
        source = connect(config.source());
        receive();
    }

    private static Interrupt claim(SerialPort port, DeviceContext context) {
        if (port.irq().isEmpty()) {
            return context.claimFree(Trigger.EDGE);
        }
        Interrupt wanted = new Interrupt(port.irq().getAsInt(), Trigger.EDGE);
        context.claim(wanted);
        return wanted;
    }

    private Registration connect(SerialSource feeder) {
        try {
            return feeder.connect(input, loop, events);
        } catch (RuntimeException e) {
            input.disconnect();
            throw e;
        }
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int read(int offset, int size) {
        synchronized (lock) {
            int value = 0;
            for (int i = 0; i < size; i++) {
                value |= uart.read(offset + i) << (i * Byte.SIZE);
            }
            afterAccess();
            return value;
        }
    }

    @Override
    public void write(int offset, int size, int value) {
        synchronized (lock) {
            for (int i = 0; i < size; i++) {
                uart.write(offset + i, value >>> (i * Byte.SIZE));
            }
            afterAccess();
        }
    }

    private void afterAccess() {
        updateInterrupt();
        if (uart.isHungry() && !awaitsPortion && !input.isEmpty()) {
            awaitsPortion = true;
            loop.execute(this::receive);
        }
    }

    private void updateInterrupt() {
        boolean high = uart.interrupts();
        if (high && !asserted) {
            interrupt.trigger();
        }
        asserted = high;
    }

    /** Takes what input there is room for. On the event loop, or the thread of who pushes. */
    private void receive() {
        synchronized (lock) {
            awaitsPortion = false;
            if (closed) {
                return;
            }
            int length = input.take(portion, uart.receiverRoom());
            for (int i = 0; i < length; i++) {
                uart.receive(portion[i]);
                events.onReceived();
            }
            updateInterruptFromHost();
        }
    }

    /** The same on a thread that must not see the host's failures, since it is not a vCPU's. */
    private void updateInterruptFromHost() {
        try {
            updateInterrupt();
        } catch (HypervisorException e) {
            control.fail(e);
        }
    }

    @Override
    public SerialState save() {
        synchronized (lock) {
            return uart.save();
        }
    }

    /**
     * An edge may have been on its way when the port was saved, and the guest may have waited for room in an output
     * that is another one now; one interrupt too many is harmless.
     */
    @Override
    public void resume() {
        synchronized (lock) {
            asserted = false;
            if (output.hasRoom(SerialRegisters.FIFO_SIZE)) {
                uart.lineCleared();
            }
            updateInterrupt();
        }
    }

    @Override
    public void reset() {
        synchronized (lock) {
            uart.load(SerialState.POWER_ON);
            asserted = false;
        }
    }

    @Override
    public void drain() {
        output.drain();
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        source.close();
        input.disconnect();
        output.close();
    }

    /** {@code serial0}. */
    @Override
    public String toString() {
        return id.toString();
    }

    /** Where the chip sends to. Called with the lock held. */
    private final class Line implements Uart.Line {
        @Override
        public boolean isClear() {
            return output.hasRoom(SerialRegisters.FIFO_SIZE);
        }

        @Override
        public void send(byte value) {
            if (output.offer(value)) {
                events.onSent();
            } else {
                events.onDropped();
            }
        }
    }

    /** What the output's thread tells. */
    private final class OutputOwner implements OutputPump.Owner {
        @Override
        public void onRoom() {
            synchronized (lock) {
                if (!closed) {
                    uart.lineCleared();
                    updateInterruptFromHost();
                }
            }
        }

        @Override
        public void onFailure(Exception cause) {
            events.onOutputFailed(cause);
        }
    }
}
