// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import io.microlith.vmm.BootSource;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.memory.Size;
import java.util.ArrayList;
import java.util.List;

/** What a VM is to be composed of, whichever way. */
final class Recipe {
    final List<DeviceSpec<?>> devices = new ArrayList<>();
    final List<DeviceRequest> extra = new ArrayList<>();
    final List<BusHandler<MmioDevice>> mmio = new ArrayList<>();
    final List<BusHandler<PioDevice>> pio = new ArrayList<>();
    final BootSource boot;
    final VmListener listener;
    VmConfig config = VmConfig.of("composed", Size.mebibytes(1), 1);

    Recipe(BootSource boot, VmListener listener) {
        this.boot = boot;
        this.listener = listener;
    }

    Recipe config(Size memory, int vcpus) {
        config = VmConfig.of("composed", memory, vcpus);
        return this;
    }

    Recipe device(DeviceSpec<?> spec) {
        devices.add(spec);
        return this;
    }

    Recipe extra(String request) {
        extra.add(DeviceRequest.parse(request));
        return this;
    }

    Recipe mmio(long base, long size, MmioDevice handler) {
        mmio.add(new BusHandler<>(new AddressRange(base, size), handler));
        return this;
    }

    Recipe pio(int port, int count, PioDevice handler) {
        pio.add(new BusHandler<>(new AddressRange(port, count), handler));
        return this;
    }
}
