// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.ConfigSpace;
import io.microlith.virtio.SharedMemoryRegion;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioLink;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.VirtioState;
import io.microlith.virtio.VirtioTransport;
import io.microlith.virtio.testkit.GuestDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A device of two queues in a machine, and a guest's hands on its function. */
final class PciMachine implements AutoCloseable {
    static final long BAR = 0xc000_0000L;
    static final int VECTORS = 3;

    final FakeDeviceContext context = new FakeDeviceContext("probe");
    final Probe device = new Probe();
    final VirtioPort port;

    PciMachine() {
        this(new PciTransport(), Optional.empty(), List.of());
    }

    PciMachine(VirtioState saved) {
        this(new PciTransport(), Optional.of(saved), List.of());
    }

    PciMachine(VirtioTransport transport, Optional<VirtioState> saved, List<SharedMemoryRegion> shared) {
        device.shared = shared;
        port = transport.attach(device, VirtioLink.DEFAULT, saved, context);
    }

    /** What is behind the port. It notes what it is called for. */
    static final class Probe implements VirtioDevice {
        final List<String> calls = new ArrayList<>();
        List<SharedMemoryRegion> shared = List.of();
        ConfigSpace config = ConfigSpace.ofSize(8).with(0, 8, 0x8877_6655_4433_2211L);

        @Nullable
        VirtioContext active;

        @Override
        public int deviceType() {
            return 2;
        }

        @Override
        public long deviceFeatures() {
            return 1;
        }

        @Override
        public List<Integer> queueSizes() {
            return List.of(16, 8);
        }

        @Override
        public ConfigSpace configSpace() {
            return config;
        }

        @Override
        public void writeConfig(long offset, int size, long value) {
            calls.add("write " + offset + " " + size + " " + Long.toHexString(value));
        }

        @Override
        public List<SharedMemoryRegion> sharedMemory() {
            return shared;
        }

        @Override
        public void activate(VirtioContext context) {
            active = context;
        }

        @Override
        public void deactivate() {
            active = null;
        }

        @Override
        public void queueNotify(int queue) {
            calls.add("notify " + queue);
        }

        @Override
        public void queueReset(int queue) {
            calls.add("reset " + queue);
        }

        VirtioContext context() {
            VirtioContext current = active;
            if (current == null) {
                throw new AssertionError("the device is not active");
            }
            return current;
        }
    }

    int config(int offset, int size) {
        return context.pciBus().readConfig(1, offset, size);
    }

    void setConfig(int offset, int size, int value) {
        context.pciBus().writeConfig(1, offset, size, value);
    }

    /** Firmware's part: the BAR answers, and the function is a bus master. */
    PciMachine place() {
        setConfig(0x10, 4, (int) BAR);
        setConfig(0x04, 2, 6);
        return this;
    }

    long load(long register, int size) {
        return context.load(BAR + register, size);
    }

    void store(long register, int size, long value) {
        context.store(BAR + register, size, value);
    }

    /** Where a virtio structure's capability is. */
    int capability(int type) {
        for (int at = config(0x34, 1); at != 0; at = config(at + 1, 1)) {
            if (config(at, 1) == 0x09 && config(at + 3, 1) == type) {
                return at;
            }
        }
        throw new AssertionError("no capability of type " + type);
    }

    /** Where the capability of MSI-X is. */
    int msix() {
        int at = config(0x34, 1);
        while (config(at, 1) != 0x11) {
            at = config(at + 1, 1);
        }
        return at;
    }

    /** A driver's part: MSI-X is on, and vector {@code v} has the message {@code 0x40 + v}. */
    PciMachine live() {
        GuestDriver driver = new GuestDriver(context);
        driver.begin(GuestDriver.VERSION_1);
        driver.setUpQueue(0, 16);
        driver.setUpQueue(1, 8);
        driver.ready();
        return this;
    }

    void settle() {
        while (context.eventLoop().poll(0) > 0) {
            // More may have come of it.
        }
    }

    @Override
    public void close() {
        port.close();
        context.close();
    }
}
