// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.acpi.AcpiImage;
import io.microlith.board.boot.BootContext;
import io.microlith.board.boot.BootProtocol;
import io.microlith.board.boot.EntryState;
import io.microlith.board.cpu.CpuTemplate;
import io.microlith.board.cpu.EntryRegisters;
import io.microlith.board.cpu.VcpuPowerOn;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.KvmVcpu;
import io.microlith.vmm.BoardContext;
import io.microlith.vmm.BoardDeviceContext;
import io.microlith.vmm.BootSource;
import io.microlith.vmm.Platform;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A PC built around one VM. */
final class PcPlatform implements Platform {
    /** What the handlers that the embedder put on a bus are called in errors. */
    private static final DeviceId EMBEDDER = new DeviceId("custom", 0);

    private final BoardContext context;
    private final Optional<BootProtocol> boot;
    private final PcResources resources = new PcResources();
    private final List<Device> devices = new ArrayList<>();
    private final PcChipset chipset;
    private final AcpiImage tables;
    private final PristineState pristine;
    private final List<VcpuPowerOn> powerOns;

    /** Whether guest code may have run. Written by {@link #powerOn()}, whose calls are in order. */
    private boolean used;

    /** Where the boot processor starts, once something was loaded. */
    private volatile @Nullable EntryState entry;

    PcPlatform(BoardContext context, PcFirmware firmware, Set<PcPart> parts) {
        this.context = context;
        boot = context.boot().map(PcPlatform::protocol);
        try {
            context.mmio().ranges().forEach(range -> resources.claim(EMBEDDER, range));
            chipset = new PcChipset(context, resources, parts);
            devices.addAll(chipset.devices());
            context.devices()
                    .forEach((id, spec) -> devices.add(spec.create(new BoardDeviceContext(id, context, resources))));
            tables = firmware.tables(context.config().vcpus(), chipset.windows(), resources.nodes());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        KvmHypervisor host = (KvmHypervisor) context.hypervisor();
        int vcpus = context.config().vcpus();
        CpuTemplate processors = CpuTemplate.of(host, vcpus);
        pristine = new PristineState(host, processors, vcpus, parts);
        powerOns = IntStream.range(0, vcpus)
                .mapToObj(i -> new VcpuPowerOn(processors, () -> pristine.vcpu(i)))
                .toList();
    }

    private static BootProtocol protocol(BootSource source) {
        if (source instanceof BootProtocol protocol) {
            return protocol;
        }
        throw new ConfigException("boot", source.describe() + " is nothing the PC board can start");
    }

    @Override
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    @Override
    public void powerOn() {
        if (used) {
            chipset.kernel().restore(pristine.chips());
        }
        used = true;
        devices.forEach(Device::reset);
        chipset.setUp();
        tables.writeTo(context.memory());
        BootContext machine = new BootContext(context.memory(), MemoryMap.of(context.memory()), tables.rsdpAddress());
        entry = boot.map(protocol -> protocol.load(machine)).orElse(null);
    }

    @Override
    public void powerOn(Vcpu vcpu) {
        KvmVcpu processor = (KvmVcpu) vcpu;
        powerOns.get(vcpu.index()).apply(processor);
        EntryState start = entry;
        if (vcpu.index() == 0 && start != null) {
            EntryRegisters.enter(processor, context.memory(), start);
        }
    }

    @Override
    public void close() {
        devices.reversed().forEach(Device::close);
        devices.clear();
    }
}
