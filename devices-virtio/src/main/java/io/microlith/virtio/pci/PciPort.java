// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import io.microlith.virtio.VirtioCore;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioLink;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.VirtioState;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciBus;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.bus.pci.PciHeader;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.device.pci.PciBarMemory;
import io.microlith.vmm.device.pci.PciBarRegions;
import io.microlith.vmm.device.pci.PciFunction;
import io.microlith.vmm.device.pci.PciMsix;
import io.microlith.vmm.device.pci.PciMsixState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The function of one device. */
final class PciPort implements VirtioPort {
    static final String TRANSPORT = "pci";

    /** The place of the window's capability in the header. */
    private static final int ACCESS = 0;

    private final PciConfigSpace config;
    private final PciMsix msix;
    private final PciInterrupts interrupts;
    private final VirtioCore core;
    private final PciFunction function;

    /** What is to be given back, the last first. */
    private final Deque<Runnable> taken = new ArrayDeque<>();

    PciPort(VirtioDevice device, VirtioLink link, Optional<PciState> saved, PciLayout layout, DeviceContext context) {
        PciBus bus = context.pciBus();
        PciHeader header = layout.header();
        boolean made = false;
        try {
            Optional<PciState.Own> own = saved.map(PciState::own);
            config = own.map(state -> new PciConfigSpace(header, state.config()))
                    .orElseGet(() -> new PciConfigSpace(header));
            msix = new PciMsix(
                    layout.msix(),
                    context,
                    own.map(PciState.Own::msix).orElseGet(() -> PciMsixState.atPowerOn(layout.msix())));
            taken.push(msix::close);
            interrupts = new PciInterrupts(msix, config, layout.queues());
            own.ifPresent(state -> interrupts.load(state.isr(), state.vectorNumbers()));
            core = new VirtioCore(device, link, saved.map(PciState::shared), interrupts, context);
            PciBarRegions registers = new PciBarRegions(context, regions(layout));
            Map<PciBar, MmioDevice> bars = bars(layout, registers, context);
            function = new PciFunction(bus, config, msix, bars);
            taken.push(function::close);
            taken.push(core::close);
            attach(new PciConfigAccess(function, interrupts, header.offsetOf(ACCESS), bars), bus, context);
            bindDoorbells(layout, registers);
            core.start();
            made = true;
        } finally {
            if (!made) {
                close();
            }
        }
    }

    private List<BusHandler<MmioDevice>> regions(PciLayout layout) {
        return List.of(
                new BusHandler<>(PciLayout.COMMON, new PciCommonConfig(core, interrupts)),
                new BusHandler<>(PciLayout.ISR, new IsrStatus()),
                new BusHandler<>(PciLayout.DEVICE, new DeviceConfig()),
                new BusHandler<>(layout.doorbells(), new Doorbells()),
                new BusHandler<>(layout.msix().table(), msix.table()),
                new BusHandler<>(layout.msix().pending(), msix.pending()));
    }

    private static Map<PciBar, MmioDevice> bars(PciLayout layout, PciBarRegions registers, DeviceContext context) {
        Map<PciBar, MmioDevice> bars = new HashMap<>(Map.of(layout.registers(), registers));
        for (int i = 0; i < layout.shared().size(); i++) {
            bars.put(
                    layout.memory(i),
                    new PciBarMemory(context, layout.shared().get(i).memory()));
        }
        return bars;
    }

    private void attach(PciConfigAccess access, PciBus bus, DeviceContext context) {
        PciAddress address = bus.attach(access);
        taken.push(() -> {
            boolean _ = bus.detach(address);
        });
        interrupts.connect(context.claim(new Interrupt(bus.gsi(address, PciPin.A), Trigger.LEVEL)));
        taken.push(interrupts::disconnect);
    }

    private void bindDoorbells(PciLayout layout, PciBarRegions registers) {
        for (int i = 0; i < layout.queues(); i++) {
            long offset = layout.doorbells().base() + (long) i * PciRegisters.NOTIFY_OFF_MULTIPLIER;
            taken.push(registers.bind(
                    IoEvent.mmio(offset, Short.BYTES), core.queues().notifier(i))::close);
        }
    }

    @Override
    public VirtioState save() {
        return core.save(
                TRANSPORT,
                () -> new PciState.Own(
                                interrupts.status(), PciState.bytes(interrupts.vectors()), config.save(), msix.save())
                        .encode());
    }

    @Override
    public void reset() {
        core.reset();
        interrupts.reset();
        function.reset();
    }

    @Override
    public void pause() {
        core.pause();
    }

    @Override
    public void resume() {
        core.resume();
    }

    @Override
    public void close() {
        while (!taken.isEmpty()) {
            taken.pop().run();
        }
    }

    /** {@code virtio-pci}. */
    @Override
    public String toString() {
        return "virtio-pci";
    }

    private final class IsrStatus implements MmioDevice {
        @Override
        public long read(long offset, int size) {
            return offset == 0 ? interrupts.acknowledge() : 0;
        }

        /** Drivers only read. */
        @Override
        public void write(long offset, int size, long value) {}
    }

    private final class DeviceConfig implements MmioDevice {
        @Override
        public long read(long offset, int size) {
            return core.readConfig(offset, size);
        }

        @Override
        public void write(long offset, int size, long value) {
            core.writeConfig(offset, size, value);
        }
    }

    /** What is written there in another width than the host rings at. */
    private final class Doorbells implements MmioDevice {
        @Override
        public long read(long offset, int size) {
            return 0;
        }

        @Override
        public void write(long offset, int size, long value) {
            if (offset % PciRegisters.NOTIFY_OFF_MULTIPLIER == 0) {
                core.queues().ring(offset / PciRegisters.NOTIFY_OFF_MULTIPLIER);
            }
        }
    }
}
