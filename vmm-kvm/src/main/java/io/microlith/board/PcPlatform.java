// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.boot.BootContext;
import io.microlith.board.boot.BootProtocol;
import io.microlith.board.boot.EntryState;
import io.microlith.board.cpu.EntryRegisters;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVm;
import io.microlith.vmm.BoardContext;
import io.microlith.vmm.BootSource;
import io.microlith.vmm.Platform;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A PC built around one VM. */
final class PcPlatform implements Platform {
    /** What devices the embedder answered for by itself are called in errors. */
    private static final DeviceId EMBEDDER = new DeviceId("custom", 0);

    private final BoardContext context;
    private final PcResources resources = new PcResources();
    private final List<Device> devices = new ArrayList<>();
    private final Optional<BootProtocol> boot;

    /** Where the boot processor starts, once something was loaded. */
    private volatile @Nullable EntryState entry;

    private PcPlatform(BoardContext context) {
        this.context = context;
        boot = context.boot().map(PcPlatform::protocol);
    }

    static PcPlatform assemble(BoardContext context) {
        PcPlatform platform = new PcPlatform(context);
        try {
            platform.build();
            return platform;
        } catch (RuntimeException e) {
            platform.close();
            throw e;
        }
    }

    private static BootProtocol protocol(BootSource source) {
        if (source instanceof BootProtocol protocol) {
            return protocol;
        }
        throw new ConfigException("boot", source.describe() + " is nothing the PC board can start");
    }

    private void build() {
        KvmVm vm = (KvmVm) context.vm();
        vm.setIdentityMapAddress(PcLayout.IDENTITY_MAP);
        vm.setTssAddress(PcLayout.TASK_STATE);
        vm.createIrqchip();
        vm.createPit();
        context.mmio().ranges().forEach(range -> resources.windows().claim(EMBEDDER, range));
        context.devices().forEach((id, spec) -> devices.add(spec.create(new PcDeviceContext(id, context, resources))));
    }

    @Override
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    @Override
    public void powerOn() {
        devices.forEach(Device::reset);
        entry = boot.map(
                        protocol -> protocol.load(new BootContext(context.memory(), MemoryMap.of(context.memory()), 0)))
                .orElse(null);
    }

    @Override
    public void powerOn(Vcpu vcpu) {
        EntryState start = entry;
        if (vcpu.index() == 0 && start != null) {
            EntryRegisters.enter((KvmVcpu) vcpu, context.memory(), start);
        }
    }

    @Override
    public void close() {
        devices.reversed().forEach(Device::close);
        devices.clear();
    }
}
