// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.error.HypervisorException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the interrupts of a VM go: routes to the pins of its interrupt controllers, and messages whose numbers are
 * given out here, from the first one beyond the I/O APIC's pins. KVM takes the table as a whole: it is replaced under
 * the lock. Any thread.
 */
final class KvmRoutes {
    /** Pins of the I/O APIC in the kernel. */
    private static final int IO_APIC_PINS = 24;

    private static final int PIC_PINS = 8;

    private final KvmFile vm;
    private final int limit;
    private final BitSet taken = new BitSet();
    private final Map<Integer, IrqRoute.Msi> messages = new HashMap<>();
    private List<IrqRoute> pins = List.of();
    private int firstMessage = IO_APIC_PINS;

    /**
     * Of a VM without interrupt controllers.
     *
     * @param limit the number of routes that KVM can have
     */
    KvmRoutes(KvmFile vm, int limit) {
        this.vm = vm;
        this.limit = limit;
    }

    /** Notes the routes that KVM makes by itself with its interrupt controllers. */
    synchronized void useIrqchip() {
        List<IrqRoute> routes = new ArrayList<>();
        for (int gsi = 0; gsi < IO_APIC_PINS; gsi++) {
            routes.add(new IrqRoute.Pin(gsi, IrqRoute.Chip.IO_APIC, gsi));
            if (gsi < 2 * PIC_PINS) {
                IrqRoute.Chip pic = gsi < PIC_PINS ? IrqRoute.Chip.PIC_PRIMARY : IrqRoute.Chip.PIC_SECONDARY;
                routes.add(new IrqRoute.Pin(gsi, pic, gsi % PIC_PINS));
            }
        }
        pins = List.copyOf(routes);
    }

    /** Leaves the first numbers to an I/O APIC outside the kernel. */
    synchronized void reserve(int count) {
        firstMessage = Math.max(firstMessage, count);
    }

    /** Replaces all routes but those of numbers that were given out here. */
    synchronized void set(List<IrqRoute> routes) {
        for (IrqRoute route : routes) {
            if (taken.get(route.gsi())) {
                throw new IllegalArgumentException(route + " has the number of a message-signalled interrupt");
            }
        }
        write(routes);
        pins = List.copyOf(routes);
    }

    /** Takes a number that has no route. */
    synchronized int take() {
        if (pins.size() + taken.cardinality() >= limit) {
            throw new HypervisorException(
                    "this host's KVM has " + limit + " interrupt routes for a VM, and all are taken: take fewer");
        }
        int gsi = taken.nextClearBit(firstMessage);
        while (isPin(gsi)) {
            gsi = taken.nextClearBit(gsi + 1);
        }
        taken.set(gsi);
        return gsi;
    }

    private boolean isPin(int gsi) {
        return pins.stream().anyMatch(route -> route.gsi() == gsi);
    }

    /** Has a number that was taken send a message from now on. */
    synchronized void route(IrqRoute.Msi message) {
        IrqRoute.Msi earlier = messages.put(message.gsi(), message);
        if (!message.equals(earlier)) {
            write(pins);
        }
    }

    /** Has a number that was taken lead nowhere. */
    synchronized void unroute(int gsi) {
        if (messages.remove(gsi) != null) {
            write(pins);
        }
    }

    /** Gives a number back. */
    synchronized void release(int gsi) {
        // Nothing raises it any more. The table loses it with the next change.
        messages.remove(gsi);
        taken.clear(gsi);
    }

    private void write(List<IrqRoute> base) {
        List<IrqRoute> all = new ArrayList<>(base);
        all.addAll(messages.values());
        if (!vm.isClosed()) {
            KvmRouting.set(vm, all);
        }
    }
}
