// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What firmware does with PCI at power-on: gives every BAR an address, lets the functions decode, and notes the
 * interrupt inputs, so that a guest without a resource allocator of its own finds devices that work.
 *
 * <p>It goes through configuration space as a guest would. No vCPU runs meanwhile.
 */
public final class PciSetup {
    private static final int COMMAND = 0x04;
    private static final int HEADER_TYPE = 0x0e;
    private static final int FIRST_BAR = 0x10;
    private static final int BARS = 6;
    private static final int INTERRUPT_LINE = 0x3c;
    private static final int INTERRUPT_PIN = 0x3d;

    private static final int DECODE = 0x3;
    private static final int PORT_BAR = 0x1;
    private static final int BAR_WIDTH = 0x6;
    private static final int WIDE_BAR = 0x4;
    private static final int FUNCTION_SHIFT = 12;
    /** BARs from this size on go above 4 GiB if they can, smaller ones below, where every guest reaches them. */
    private static final long LARGE = 1L << 24;

    private final PciSegment segment;
    private final PciWindows windows;

    /**
     * Makes a set-up for a bus.
     *
     * @param segment the bus
     * @param windows where BARs can be, as the bus was told
     */
    public PciSetup(PciSegment segment, PciWindows windows) {
        this.segment = segment;
        this.windows = windows;
    }

    /**
     * Sets up all functions there are. They are in their power-on state.
     *
     * @throws ConfigException if the windows have no room for a BAR
     */
    public void run() {
        List<Request> requests = new ArrayList<>();
        List<PciAddress> functions = segment.addresses().stream()
                .filter(address -> (read(address, HEADER_TYPE, 1) & 0x7f) == 0)
                .toList();
        functions.forEach(address -> requests.addAll(requests(address)));
        requests.sort(PciSetup::byPlace);
        place(requests);
        functions.forEach(this::enable);
    }

    /** Large ones first, so that alignment leaves no gaps; then in an order that is always the same. */
    private static int byPlace(Request a, Request b) {
        int bySize = Long.compare(b.size, a.size);
        int byAddress = bySize != 0 ? bySize : a.address.compareTo(b.address);
        return byAddress != 0 ? byAddress : Integer.compare(a.register, b.register);
    }

    private List<Request> requests(PciAddress address) {
        write(address, COMMAND, 2, 0);
        List<Request> requests = new ArrayList<>();
        int register = FIRST_BAR;
        while (register < FIRST_BAR + 4 * BARS) {
            int type = (int) read(address, register, 4);
            boolean wide = (type & (PORT_BAR | BAR_WIDTH)) == WIDE_BAR;
            long size = size(address, register, wide);
            if (size > 0) {
                requests.add(new Request(address, register, size, Target.of(type)));
            }
            register += wide ? 8 : 4;
        }
        return requests;
    }

    /** Writes all ones and looks which bits of the address stay: the lowest of them is the size. */
    private long size(PciAddress address, int register, boolean wide) {
        write(address, register, 4, 0xffff_ffffL);
        long answer = read(address, register, 4);
        long bits = (answer & PORT_BAR) != 0 ? answer & 0xfffc : answer & ~0xfL;
        if (wide) {
            write(address, register + 4, 4, 0xffff_ffffL);
            bits |= read(address, register + 4, 4) << 32;
        }
        return Long.lowestOneBit(bits);
    }

    private void place(List<Request> requests) {
        if (requests.isEmpty()) {
            return;
        }
        WindowAllocator ports = new WindowAllocator(windows.ports());
        WindowAllocator low = new WindowAllocator(windows.lowMemory());
        WindowAllocator high = new WindowAllocator(windows.highMemory());
        for (Request request : requests) {
            OptionalLong base = switch (request.target) {
                case PORTS -> ports.take(request.size);
                case LOW_MEMORY -> low.take(request.size);
                case ANY_MEMORY ->
                    request.size < LARGE ? takeEither(low, high, request.size) : takeEither(high, low, request.size);
            };
            place(request, base.orElseThrow(() -> noRoom(request)));
        }
    }

    private static OptionalLong takeEither(WindowAllocator first, WindowAllocator second, long size) {
        OptionalLong base = first.take(size);
        return base.isPresent() ? base : second.take(size);
    }

    private void place(Request request, long base) {
        write(request.address, request.register, 4, base & 0xffff_ffffL);
        if (request.target == Target.ANY_MEMORY) {
            write(request.address, request.register + 4, 4, base >>> 32);
        }
    }

    private void enable(PciAddress address) {
        write(address, COMMAND, 2, DECODE);
        long number = read(address, INTERRUPT_PIN, 1);
        for (PciPin pin : PciPin.values()) {
            if (pin != PciPin.NONE && pin.number() == number) {
                write(address, INTERRUPT_LINE, 1, segment.gsi(address, pin) & 0xff);
            }
        }
    }

    private ConfigException noRoom(Request request) {
        return new ConfigException(
                "pci",
                "no room for BAR " + (request.register - FIRST_BAR) / 4 + " of " + request.address + ", which takes 0x"
                        + Long.toHexString(request.size) + " addresses: the windows are ports " + windows.ports()
                        + " and memory " + windows.memory() + "; take fewer devices or smaller ones");
    }

    private long read(PciAddress address, int register, int size) {
        return segment.read(offset(address) + register, size);
    }

    private void write(PciAddress address, int register, int size, long value) {
        segment.write(offset(address) + register, size, value);
    }

    private static long offset(PciAddress address) {
        return (address.device() * 8L + address.function()) << FUNCTION_SHIFT;
    }

    private enum Target {
        PORTS,
        LOW_MEMORY,
        ANY_MEMORY;

        static Target of(int type) {
            if ((type & PORT_BAR) != 0) {
                return PORTS;
            }
            return (type & BAR_WIDTH) == WIDE_BAR ? ANY_MEMORY : LOW_MEMORY;
        }
    }

    private record Request(PciAddress address, int register, long size, Target target) {}
}
