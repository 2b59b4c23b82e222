// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device.pci;

import static io.microlith.vmm.device.pci.PciMsixState.MASKED;
import static io.microlith.vmm.device.pci.PciMsixState.VECTOR_CONTROL;
import static io.microlith.vmm.device.pci.PciMsixState.WRITABLE;

import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.event.MsiRoute;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.Snapshotable;

/**
 * The message-signalled interrupts of a function: MSI-X (PCI Local Bus 3.0, section 6.8.2).
 *
 * <p>A vector sends messages while MSI-X is enabled, the function is a bus master, and neither it nor the vector is
 * masked. A signal that comes while MSI-X is enabled and anything else is missing sets the vector's pending bit, and is
 * sent when nothing is missing any more. What is signalled while MSI-X is not enabled is dropped.
 *
 * <p>Guests write the table in aligned double words or quad words; other writes the specification leaves undefined, and
 * they change nothing. Reads of any width are answered.
 *
 * <p>Any thread. {@link #signal} takes no lock and allocates nothing: it reads whether MSI-X is enabled and rings the
 * vector's notifier. All else is done one at a time, inside a lock of this object, in which it takes the locks of a
 * {@link PciConfigSpace} and of a {@link MsiRoute} and no others.
 */
public final class PciMsix implements Snapshotable<PciMsixState>, AutoCloseable {
    private static final int REGISTERS = WRITABLE.length;

    private final PciMsixLayout layout;
    private final MsiRoute[] routes;

    /** The registers of all entries; guarded by this. */
    private int[] table;

    /** Written inside the lock, read without it. */
    private volatile boolean enabled;

    /** Masked as a whole, or no bus master; guarded by this. */
    private boolean held = true;

    /** Whether it knows what is in configuration space; guarded by this. */
    private boolean updated;

    /**
     * Makes one as it is at power-on.
     *
     * @throws io.microlith.vmm.error.HypervisorException if the host does not have as many interrupts left
     */
    public PciMsix(PciMsixLayout layout, DeviceContext context) {
        this(layout, context, PciMsixState.atPowerOn(layout));
    }

    /**
     * Makes one as it was when it was saved. It sends nothing before {@link #update}.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if the state breaks a rule
     * @throws io.microlith.vmm.error.HypervisorException if the host does not have as many interrupts left
     */
    public PciMsix(PciMsixLayout layout, DeviceContext context, PciMsixState state) {
        state.check(layout);
        this.layout = layout;
        table = state.registers();
        routes = new MsiRoute[layout.vectors()];
        for (int vector = 0; vector < routes.length; vector++) {
            routes[vector] = take(context, vector);
            if (state.isPending(vector)) {
                routes[vector].signal();
            }
        }
    }

    private MsiRoute take(DeviceContext context, int taken) {
        try {
            return context.msiRoute();
        } catch (RuntimeException e) {
            for (int vector = 0; vector < taken; vector++) {
                routes[vector].close();
            }
            throw e;
        }
    }

    /** How many there are, and where. */
    public PciMsixLayout layout() {
        return layout;
    }

    /** Whether the guest uses these interrupts, and not the function's pin. */
    public boolean isEnabled() {
        return enabled;
    }

    /**
     * Raises an interrupt, or sets its pending bit.
     *
     * @param vector a number that the function does not have is ignored: it may be the guest's choice
     */
    public void signal(int vector) {
        if (enabled && vector >= 0 && vector < routes.length) {
            routes[vector].signal();
        }
    }

    /**
     * What raises an interrupt when it is rung, for backends in the kernel or in another process. It is closed with
     * this. Rings while MSI-X is not enabled are forgotten when it is.
     *
     * @param vector from 0, below {@link PciMsixLayout#vectors}
     */
    public Notifier notifier(int vector) {
        return routes[vector].notifier();
    }

    /**
     * Does what the guest wrote to configuration space: to message control, and to whether the function is a bus
     * master. To be called after each write, and after a restore.
     */
    public synchronized void update(PciConfigSpace config) {
        int at = config.capability(PciMsixLayout.CAPABILITY).orElseThrow() + PciMsixLayout.CONTROL;
        int control = config.read(at, Short.BYTES);
        boolean nowEnabled = (control & PciMsixLayout.ENABLE) != 0;
        boolean nowHeld = (control & PciMsixLayout.FUNCTION_MASK) != 0 || !config.isBusMaster();
        boolean first = !updated;
        updated = true;
        if (nowEnabled == enabled && nowHeld == held) {
            return;
        }
        if (nowEnabled && !enabled && !first) {
            forgetSignals();
        }
        held = nowHeld;
        enabled = nowEnabled;
        for (int vector = 0; vector < routes.length; vector++) {
            apply(vector);
        }
        if (!nowEnabled) {
            forgetSignals();
        }
    }

    private void apply(int vector) {
        int entry = REGISTERS * vector;
        if (enabled && !held && (table[entry + VECTOR_CONTROL] & MASKED) == 0) {
            long address = Integer.toUnsignedLong(table[entry]) | (long) table[entry + 1] << Integer.SIZE;
            routes[vector].set(address, table[entry + 2]);
            routes[vector].unmask();
        } else {
            routes[vector].mask();
        }
    }

    private void forgetSignals() {
        for (MsiRoute route : routes) {
            route.clearPending();
        }
    }

    /** The table, for the BAR's range {@link PciMsixLayout#table}. */
    public MmioDevice table() {
        return new Table();
    }

    /** The pending bits, for the BAR's range {@link PciMsixLayout#pending}. */
    public MmioDevice pending() {
        return new Pending();
    }

    private synchronized long readTable(long offset, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            int at = (int) offset + i;
            long octet = table[at / Integer.BYTES] >> Byte.SIZE * (at % Integer.BYTES) & 0xff;
            value |= octet << Byte.SIZE * i;
        }
        return value;
    }

    private synchronized void writeTable(long offset, int size, long value) {
        boolean whole = size == Integer.BYTES || size == Long.BYTES;
        if (!whole || offset % size != 0) {
            return;
        }
        int register = (int) offset / Integer.BYTES;
        table[register] = (int) value & WRITABLE[register % REGISTERS];
        if (size == Long.BYTES) {
            table[register + 1] = (int) (value >>> Integer.SIZE) & WRITABLE[(register + 1) % REGISTERS];
        }
        apply(register / REGISTERS);
    }

    private synchronized long readPending(long offset, int size) {
        long value = 0;
        int first = Byte.SIZE * (int) offset;
        for (int i = 0; i < Byte.SIZE * size && first + i < routes.length; i++) {
            value |= routes[first + i].isPending() ? 1L << i : 0;
        }
        return value;
    }

    /**
     * {@inheritDoc} A signal that is on its way to the guest, where a thread brings it there, counts as pending: it is
     * not lost, though it may arrive twice.
     */
    @Override
    public synchronized PciMsixState save() {
        byte[] pending = new byte[(int) layout.pending().size()];
        for (int vector = 0; vector < routes.length; vector++) {
            routes[vector].mask();
            if (routes[vector].isPending()) {
                pending[vector / Byte.SIZE] |= (byte) (1 << vector % Byte.SIZE);
            }
            apply(vector);
        }
        return new PciMsixState(PciMsixState.bytes(table), ByteString.of(pending));
    }

    /** Puts everything back to what it is at power-on. */
    public synchronized void reset() {
        table = PciMsixState.atPowerOn(layout).registers();
        enabled = false;
        held = true;
        for (int vector = 0; vector < routes.length; vector++) {
            apply(vector);
        }
        forgetSignals();
    }

    /** Gives the interrupts back. Signals go nowhere from then on. */
    @Override
    public synchronized void close() {
        enabled = false;
        for (MsiRoute route : routes) {
            route.close();
        }
    }

    private final class Table implements MmioDevice {
        @Override
        public long read(long offset, int size) {
            return readTable(offset, size);
        }

        @Override
        public void write(long offset, int size, long value) {
            writeTable(offset, size, value);
        }
    }

    private final class Pending implements MmioDevice {
        @Override
        public long read(long offset, int size) {
            return readPending(offset, size);
        }

        /** Guests only read. */
        @Override
        public void write(long offset, int size, long value) {}
    }
}
