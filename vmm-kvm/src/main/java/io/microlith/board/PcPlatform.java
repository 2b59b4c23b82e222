// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.acpi.AcpiImage;
import io.microlith.board.boot.BootContext;
import io.microlith.board.boot.BootProtocol;
import io.microlith.board.boot.EntryState;
import io.microlith.board.cpu.CpuTemplate;
import io.microlith.board.cpu.EntryRegisters;
import io.microlith.board.cpu.EntryTables;
import io.microlith.board.cpu.VcpuPowerOn;
import io.microlith.board.state.GuestClocks;
import io.microlith.board.state.GuestTime;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVm;
import io.microlith.vmm.BoardContext;
import io.microlith.vmm.BootSource;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.DeviceParts;
import io.microlith.vmm.Platform;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.ClearableBus;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A PC built around one VM. */
final class PcPlatform implements Platform {
    /** What the handlers that the embedder put on a bus are called in errors. */
    private static final DeviceId EMBEDDER = new DeviceId("custom", 0);

    private final PcFirmware firmware;
    private final Set<PcPart> parts;
    private final Optional<BootProtocol> boot;
    private final ClearableBus<MmioDevice> mmio;
    private final ClearableBus<PioDevice> pio;
    private final List<AddressRange> embedders;

    /** Read by any thread, changed by who makes the machine. */
    private final List<Device> devices = new CopyOnWriteArrayList<>();

    private final CpuTemplate template;
    private final PristineState pristine;
    private final List<VcpuPowerOn> powerOns;
    private BoardContext context;
    private PcResources resources;
    private PcChipset chipset;
    private @Nullable AcpiImage tables;

    /** Whether guest code may have run. Written by {@link #powerOn()}, whose calls are in order. */
    private boolean used;

    /** What a restored machine's clocks showed, until it goes on. The first vCPU's thread alone looks. */
    private @Nullable GuestTime time;

    /** Where the boot processor starts, once something was loaded. */
    private volatile @Nullable EntryState entry;

    PcPlatform(BoardContext context, PcFirmware firmware, Set<PcPart> parts) {
        this.firmware = firmware;
        this.parts = parts;
        boot = context.boot().map(PcPlatform::protocol);
        mmio = new ClearableBus<>(context.mmio());
        pio = new ClearableBus<>(context.pio());
        embedders = context.mmio().ranges();
        this.context = context.onBuses(mmio, pio);
        resources = resources();
        chipset = new PcChipset(this.context, resources, parts, new KernelChips((KvmVm) context.vm(), parts));
        KvmHypervisor host = (KvmHypervisor) context.hypervisor();
        int vcpus = context.config().vcpus();
        template = CpuTemplate.of(host, vcpus);
        pristine = new PristineState(host, template, vcpus, parts);
        powerOns = IntStream.range(0, vcpus)
                .mapToObj(i -> new VcpuPowerOn(template, () -> pristine.vcpu(i)))
                .toList();
    }

    private PcResources resources() {
        PcResources books = new PcResources(new PcDeviceMemory(() -> deviceMemory(context)));
        embedders.forEach(range -> books.claim(EMBEDDER, range));
        return books;
    }

    private static Optional<AddressRange> deviceMemory(BoardContext context) {
        int addressBits = CpuTemplate.addressBits((KvmHypervisor) context.hypervisor());
        return PcLayout.deviceMemory(context.config().memory(), addressBits);
    }

    private static BootProtocol protocol(BootSource source) {
        if (source instanceof BootProtocol protocol) {
            return protocol;
        }
        throw new ConfigException("boot", source.describe() + " is nothing the PC board can start");
    }

    @Override
    public void admit(Vcpu vcpu) {
        KvmVcpu processor = (KvmVcpu) vcpu;
        VcpuPowerOn identity = powerOns.get(vcpu.index());
        if (context.saved().isEmpty()) {
            identity.admit(processor);
            return;
        }
        GuestTime then = PcState.restore(context.saved().get(), processor, identity);
        if (vcpu.index() == 0) {
            time = then;
        }
    }

    @Override
    public void become(MachineState saved, Optional<CloneIdentity> who) {
        close();
        mmio.clear();
        pio.clear();
        context = context.restoring(saved, who);
        resources = resources();
        chipset = new PcChipset(context, resources, PcChipset.parts(parts, saved), chipset.kernel());
        makeDevices();
        used = false;
        entry = null;
    }

    @Override
    public void addDevices() {
        makeDevices();
        // Late, since the kernel makes no vCPU meanwhile.
        chipset.kernel().complete();
        tables = firmware.tables(context.config().vcpus(), chipset.windows(), resources.nodesForTables(boot));
    }

    private void makeDevices() {
        try {
            chipset.addDevices();
        } finally {
            devices.addAll(chipset.devices());
        }
        context.devices().forEach((id, spec) -> devices.add(DeviceParts.make(id, spec, context, resources)));
    }

    @Override
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    @Override
    public void powerOn() {
        if (used) {
            chipset.kernel().restore(pristine.chips());
        } else if (context.saved().isPresent()) {
            used = true;
            PcState.restore(context.saved().get(), chipset.kernel());
            return;
        }
        used = true;
        devices.forEach(Device::reset);
        chipset.setUp();
        AcpiImage acpi = Objects.requireNonNull(tables, "devices come before power");
        acpi.writeTo(context.memory());
        BootContext machine = new BootContext(
                context.memory(), MemoryMap.of(context.memory()), acpi.rsdpAddress(), resources.nodes());
        entry = boot.map(protocol -> protocol.load(machine)).orElse(null);
        if (entry != null) {
            EntryTables.write(context.memory(), entry.mode());
        }
    }

    @Override
    public void powerOn(Vcpu vcpu) {
        KvmVcpu processor = (KvmVcpu) vcpu;
        powerOns.get(vcpu.index()).apply(processor);
        if (vcpu.index() == 0 && time != null) {
            // As late as can be: it goes on from here.
            GuestClocks.of((KvmVm) context.vm(), processor).resume(time);
            time = null;
        }
        EntryState start = entry;
        if (vcpu.index() == 0 && start != null) {
            EntryRegisters.enter(processor, start);
        }
    }

    @Override
    public List<StatePart> save() {
        return PcState.save(chipset.kernel(), devices);
    }

    @Override
    public StatePart save(Vcpu vcpu) {
        return PcState.save((KvmVm) context.vm(), (KvmVcpu) vcpu, template);
    }

    @Override
    public void close() {
        devices.reversed().forEach(Device::close);
        devices.clear();
    }
}
