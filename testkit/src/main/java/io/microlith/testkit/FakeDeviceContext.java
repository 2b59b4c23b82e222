// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.Bus;
import io.microlith.vmm.bus.BusCursor;
import io.microlith.vmm.bus.CowBus;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.RegionMemory;
import java.lang.foreign.Arena;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A machine with room for one device, and a guest's hands on it: {@link #in}, {@link #out}, {@link #load},
 * {@link #store}.
 *
 * <p>It has a little RAM at address 0, buses that refuse overlaps, interrupt inputs that remember, and an event loop
 * that runs when the test polls it. The guest's side may be used by any thread; taking addresses and interrupts is for
 * one.
 */
public final class FakeDeviceContext implements DeviceContext, AutoCloseable {
    /** The bytes of RAM at address 0. */
    public static final long MEMORY_SIZE = 1 << 20;

    /** Where {@link #mapMmio(long, MmioDevice)} looks for room first. */
    public static final long MMIO_BASE = 0xd000_0000L;

    /** Where the memory of devices' own begins. */
    public static final long MEMORY_BASE = 1L << 37;

    private static final int FIRST_FREE_GSI = 16;
    private static final int GSI_COUNT = 24;

    private final DeviceId id;
    private final Arena arena = Arena.ofShared();
    private final GuestMemory memory =
            new RegionMemory(List.of(GuestRegion.anonymous(0, arena.allocate(MEMORY_SIZE, 4096))));
    private final RecordingVmControl control = new RecordingVmControl();
    private final Bus<MmioDevice> mmio = new CowBus<>("mmio");
    private final Bus<PioDevice> pio = new CowBus<>("pio");
    private final Map<Integer, RecordingInterruptLine> lines = new LinkedHashMap<>();
    private final List<Interrupt> interrupts = new ArrayList<>();
    private final List<FirmwareNode> nodes = new ArrayList<>();
    private final Map<IoEvent, Notifier> ioEvents = new LinkedHashMap<>();
    private final Map<Interrupt, Notifier> interruptEvents = new LinkedHashMap<>();
    private final List<RecordingMsiRoute> msiRoutes = new ArrayList<>();
    private final List<GuestRegion> mapped = new ArrayList<>();
    private final List<GuestRegion> mappedReadOnly = new ArrayList<>();
    private final FakePciBus pciBus = new FakePciBus(mmio, pio);
    private long nextMmio = MMIO_BASE;
    private volatile GuestWatcher watcher = GuestWatcher.NONE;
    private long nextMemory = MEMORY_BASE;
    private @Nullable EventLoop loop;

    /** Makes a machine for a device of the given name. */
    public FakeDeviceContext(DeviceId id) {
        this.id = id;
    }

    /** Makes a machine for the first device of the given type. */
    public FakeDeviceContext(String type) {
        this(new DeviceId(type, 0));
    }

    @Override
    public DeviceId id() {
        return id;
    }

    /** {@code fake}. */
    @Override
    public String vm() {
        return "fake";
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    /** A loop that runs when the test polls it. Made at the first call. */
    @Override
    public synchronized EventLoop eventLoop() {
        EventLoop made = loop;
        if (made == null) {
            made = EventLoop.create();
            loop = made;
        }
        return made;
    }

    @Override
    public RecordingVmControl control() {
        return control;
    }

    @Override
    public void mapMmio(AddressRange range, MmioDevice handler) {
        mmio.add(range, handler);
    }

    @Override
    public AddressRange mapMmio(long size, MmioDevice handler) {
        if (size <= 0 || Long.bitCount(size) != 1) {
            throw new IllegalArgumentException("size=" + size + " is not a power of two");
        }
        long base = (nextMmio + size - 1) & -size;
        AddressRange range = new AddressRange(base, size);
        mmio.add(range, handler);
        nextMmio = base + size;
        return range;
    }

    @Override
    public Registration mapMemory(GuestRegion region) {
        mapped.add(region);
        return () -> mapped.remove(region);
    }

    @Override
    public Registration mapReadOnlyMemory(GuestRegion region) {
        mappedReadOnly.add(region);
        return () -> mappedReadOnly.remove(region);
    }

    @Override
    public AddressRange claimMemory(long size, long alignment) {
        AddressRange range = new AddressRange((nextMemory + alignment - 1) & -alignment, size);
        nextMemory = range.last() + 1;
        return range;
    }

    @Override
    public void mapPio(AddressRange range, PioDevice handler) {
        pio.add(range, handler);
    }

    @Override
    public RecordingInterruptLine claim(Interrupt interrupt) {
        boolean taken = lines.containsKey(interrupt.gsi());
        if (taken && !(interrupt.trigger() == Trigger.LEVEL && interrupts.contains(interrupt))) {
            throw new ConfigException("interrupt", interrupt + " is taken: choose another one");
        }
        if (!taken) {
            interrupts.add(interrupt);
        }
        return lines.computeIfAbsent(interrupt.gsi(), _ -> new RecordingInterruptLine());
    }

    @Override
    public Interrupt claimFree(Trigger trigger) {
        for (int gsi = FIRST_FREE_GSI; gsi < GSI_COUNT; gsi++) {
            if (!lines.containsKey(gsi)) {
                Interrupt interrupt = new Interrupt(gsi, trigger);
                claim(interrupt);
                return interrupt;
            }
        }
        throw new ConfigException("interrupt", "none is free");
    }

    @Override
    public RecordingInterruptLine line(Interrupt interrupt) {
        return line(interrupt.gsi());
    }

    @Override
    public Registration bind(IoEvent event, Notifier notifier) {
        ioEvents.put(event, notifier);
        return () -> ioEvents.remove(event);
    }

    @Override
    public Registration bind(Interrupt interrupt, Notifier notifier) {
        line(interrupt);
        interruptEvents.put(interrupt, notifier);
        return () -> interruptEvents.remove(interrupt);
    }

    @Override
    public RecordingMsiRoute msiRoute() {
        RecordingMsiRoute route = new RecordingMsiRoute();
        msiRoutes.add(route);
        return route;
    }

    @Override
    public FakePciBus pciBus() {
        return pciBus;
    }

    @Override
    public void describe(FirmwareNode node) {
        nodes.add(node);
    }

    /** Has somebody see from now on what the guest does to memory-mapped I/O and to functions on the PCI bus. */
    public void watch(GuestWatcher other) {
        watcher = other;
        pciBus.watch(other);
    }

    /**
     * This machine as a device sees it for which guest memory is another object: one that watches it, say. The guest's
     * side stays here.
     *
     * @param other a view of {@link #memory()}
     */
    public DeviceContext with(GuestMemory other) {
        return (DeviceContext) Proxy.newProxyInstance(
                FakeDeviceContext.class.getClassLoader(),
                new Class<?>[] {DeviceContext.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("memory")) {
                        return other;
                    }
                    try {
                        return method.invoke(this, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** The line the device took at a global system interrupt number. */
    public RecordingInterruptLine line(int gsi) {
        RecordingInterruptLine line = lines.get(gsi);
        if (line == null) {
            throw new AssertionError("the device did not take the interrupt input " + gsi + ", only " + lines.keySet());
        }
        return line;
    }

    /** The inputs the device took, in order. */
    public List<Interrupt> interrupts() {
        return List.copyOf(interrupts);
    }

    /** The message-signalled interrupts the device took, in order. */
    public List<RecordingMsiRoute> msiRoutes() {
        return List.copyOf(msiRoutes);
    }

    /** The memory of the device's own that the guest sees now. */
    public List<GuestRegion> mappedMemory() {
        return List.copyOf(mapped);
    }

    /** The memory of the device's own that the guest sees now, and cannot write. */
    public List<GuestRegion> mappedReadOnlyMemory() {
        return List.copyOf(mappedReadOnly);
    }

    /** What the device had described, in order. */
    public List<FirmwareNode> nodes() {
        return List.copyOf(nodes);
    }

    /** The notifiers bound to guest writes now. */
    public Map<IoEvent, Notifier> ioEvents() {
        return Map.copyOf(ioEvents);
    }

    /** The notifiers bound to interrupt inputs now. */
    public Map<Interrupt, Notifier> interruptEvents() {
        return Map.copyOf(interruptEvents);
    }

    /** The device's ports, by address. */
    public List<AddressRange> ports() {
        return pio.ranges();
    }

    /** The device's ranges of guest-physical addresses, by address. */
    public List<AddressRange> windows() {
        return mmio.ranges();
    }

    /** The guest reads a byte from a port. */
    public int in(int port) {
        return in(port, 1);
    }

    /** The guest reads {@code size} bytes from a port: all ones if nobody is there. */
    public int in(int port, int size) {
        BusCursor<PioDevice> cursor = pio.cursor();
        int mask = size == Integer.BYTES ? -1 : (1 << (size * Byte.SIZE)) - 1;
        return cursor.seek(port, size) ? cursor.device().read((int) cursor.offset(), size) & mask : mask;
    }

    /** The guest writes a byte to a port. */
    public void out(int port, int value) {
        out(port, 1, value);
    }

    /** The guest writes {@code size} bytes to a port; they are lost if nobody is there. */
    public void out(int port, int size, int value) {
        BusCursor<PioDevice> cursor = pio.cursor();
        int mask = size == Integer.BYTES ? -1 : (1 << (size * Byte.SIZE)) - 1;
        if (cursor.seek(port, size)) {
            cursor.device().write((int) cursor.offset(), size, value & mask);
        }
    }

    /** The guest reads {@code size} bytes of memory-mapped I/O: all ones if nobody is there. */
    public long load(long address, int size) {
        BusCursor<MmioDevice> cursor = mmio.cursor();
        long mask = size == Long.BYTES ? -1 : (1L << (size * Byte.SIZE)) - 1;
        watcher.onLoad(address, size);
        return cursor.seek(address, size) ? cursor.device().read(cursor.offset(), size) & mask : mask;
    }

    /**
     * The guest writes {@code size} bytes of memory-mapped I/O as it would on a hypervisor: a notifier that the device
     * bound to this write is rung, and otherwise it is a {@link #store}.
     */
    public void post(long address, int size, long value) {
        IoEvent any = IoEvent.mmio(address, size);
        Notifier bound = ioEvents.getOrDefault(any.matching(value), ioEvents.get(any));
        if (bound == null) {
            store(address, size, value);
        } else {
            watcher.onStore(address, size, value);
            bound.signal();
        }
    }

    /** The guest writes {@code size} bytes of memory-mapped I/O; they are lost if nobody is there. */
    public void store(long address, int size, long value) {
        watcher.onStore(address, size, value);
        BusCursor<MmioDevice> cursor = mmio.cursor();
        long mask = size == Long.BYTES ? -1 : (1L << (size * Byte.SIZE)) - 1;
        if (cursor.seek(address, size)) {
            cursor.device().write(cursor.offset(), size, value & mask);
        }
    }

    /** Gives memory and loop back. The device is closed before. */
    @Override
    public synchronized void close() {
        if (loop != null) {
            loop.close();
            loop = null;
        }
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
