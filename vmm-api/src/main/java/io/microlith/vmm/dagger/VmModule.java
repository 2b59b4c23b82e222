// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.dagger;

import dagger.BindsOptionalOf;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.Multibinds;
import io.microlith.vmm.Board;
import io.microlith.vmm.BootSource;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmAssembly;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.device.NamedDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Has a {@link VmScope} component provide its {@link Vm}, put together as {@link io.microlith.vmm.VmBuilder} does it.
 *
 * <p>The component binds a {@link Hypervisor}, a {@link Board} and a {@link VmConfig}. It may bind a
 * {@link BootSource}, a {@link VmListener} and {@link ExtraDevices}, and its modules may contribute to the sets and the
 * map below. Who asks for the VM closes it.
 */
@Module
public interface VmModule {
    /** The devices, in any order: their names give them their place. */
    @Multibinds
    Set<NamedDevice> devices();

    /** What answers on the bus of memory-mapped I/O without being a device. */
    @Multibinds
    Set<BusHandler<MmioDevice>> mmio();

    /** Likewise on the bus of ports. */
    @Multibinds
    Set<BusHandler<PioDevice>> pio();

    /** The factories that extra devices are made with, by type. */
    @Multibinds
    Map<String, DeviceFactory<?, ?>> factories();

    /** What the VM starts with. */
    @BindsOptionalOf
    BootSource boot();

    /** The machine that was saved, if the VM is to be it again. */
    @BindsOptionalOf
    Restoration restoration();

    /** Who it is then, if it is to be another one. */
    @BindsOptionalOf
    CloneIdentity identity();

    /** Who hears what happens to the VM. */
    @BindsOptionalOf
    VmListener listener();

    /** What a user asked for. */
    @BindsOptionalOf
    ExtraDevices extraDevices();

    /** Names all devices. */
    @Provides
    static SortedMap<DeviceId, DeviceSpec<?>> all(
            Set<NamedDevice> devices,
            Optional<CloneIdentity> identity,
            Optional<ExtraDevices> extra,
            Map<String, DeviceFactory<?, ?>> factories) {
        List<NamedDevice> named = new ArrayList<>(devices);
        identity.map(CloneIdentity::named).ifPresent(named::addAll);
        List<DeviceRequest> requests = extra.map(ExtraDevices::requests).orElse(List.of());
        return VmAssembly.number(
                named,
                requests.stream().map(request -> request.resolve(factories)).toList());
    }

    /** Puts the VM together. */
    @Provides
    @VmScope
    static Vm vm(
            Hypervisor hypervisor,
            Board board,
            VmConfig config,
            Optional<BootSource> boot,
            Optional<Restoration> restoration,
            Optional<CloneIdentity> identity,
            SortedMap<DeviceId, DeviceSpec<?>> devices,
            Set<BusHandler<MmioDevice>> mmio,
            Set<BusHandler<PioDevice>> pio,
            Optional<VmListener> listener) {
        return VmAssembly.assemble(new VmAssembly.Parts(
                hypervisor,
                board,
                config,
                boot,
                restoration,
                identity,
                devices,
                mmio,
                pio,
                listener.orElse(VmListener.NONE)));
    }
}
