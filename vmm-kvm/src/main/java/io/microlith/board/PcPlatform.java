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
import io.microlith.vmm.DeviceParts;
import io.microlith.vmm.Platform;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.StatePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A PC built around one VM. */
final class PcPlatform implements Platform {
    /** What the handlers that the embedder put on a bus are called in errors. */
    private static final DeviceId EMBEDDER = new DeviceId("custom", 0);

    private final BoardContext context;
    private final PcFirmware firmware;
    private final Optional<BootProtocol> boot;
    private final PcResources resources;
    private final List<Device> devices = new ArrayList<>();
    private final PcChipset chipset;
    private final CpuTemplate template;
    private final PristineState pristine;
    private final List<VcpuPowerOn> powerOns;
    private @Nullable AcpiImage tables;

    /** Whether guest code may have run. Written by {@link #powerOn()}, whose calls are in order. */
    private boolean used;

    /** What a restored machine's clocks showed, until it goes on. The first vCPU's thread alone looks. */
    private @Nullable GuestTime time;

    /** Where the boot processor starts, once something was loaded. */
    private volatile @Nullable EntryState entry;

    PcPlatform(BoardContext context, PcFirmware firmware, Set<PcPart> parts) {
        this.context = context;
        this.firmware = firmware;
        boot = context.boot().map(PcPlatform::protocol);
        resources = new PcResources(new PcDeviceMemory(() -> deviceMemory(context)));
        context.mmio().ranges().forEach(range -> resources.claim(EMBEDDER, range));
        chipset = new PcChipset(context, resources, parts);
        KvmHypervisor host = (KvmHypervisor) context.hypervisor();
        int vcpus = context.config().vcpus();
        template = CpuTemplate.of(host, vcpus);
        pristine = new PristineState(host, template, vcpus, parts);
        powerOns = IntStream.range(0, vcpus)
                .mapToObj(i -> new VcpuPowerOn(template, () -> pristine.vcpu(i)))
                .toList();
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
    public void addDevices() {
        try {
            chipset.complete();
        } finally {
            devices.addAll(chipset.devices());
        }
        context.devices().forEach((id, spec) -> devices.add(DeviceParts.make(id, spec, context, resources)));
        tables = firmware.tables(context.config().vcpus(), chipset.windows(), resources.nodesForTables(boot));
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
