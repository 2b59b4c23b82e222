// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import io.microlith.virtio.setup.SetupOptions;
import io.microlith.virtio.setup.VirtioFactory;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.state.StateReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Makes persistent memory. {@link Pmem} has shorter ways to say most configurations.
 *
 * <p>Options in text: {@code path} is a file or a block device; {@code readonly=true}; and those of
 * {@link SetupOptions}.
 */
public final class PmemFactory implements VirtioFactory<PmemConfig, PmemState> {
    /** Makes a factory. */
    public PmemFactory() {}

    @Override
    public String type() {
        return "pmem";
    }

    @Override
    public PmemConfig configure(Map<String, String> options) {
        SetupOptions left = SetupOptions.of(type(), options);
        Path path = left.takePath("path")
                .orElseThrow(() -> left.wrong("path", "which file or block device? Give path=FILE"));
        FilePmem.Access access = left.takeFlag("readonly") ? FilePmem.Access.READ_ONLY : FilePmem.Access.READ_WRITE;
        PmemConfig config = PmemConfig.of(() -> FilePmem.open(path, access)).setup(left.takeSetup());
        left.requireNone();
        return config;
    }

    @Override
    public Device create(PmemConfig config, DeviceContext context) {
        return new PmemDevice(config, Optional.empty(), context);
    }

    @Override
    public Device restore(PmemConfig config, PmemState state, DeviceContext context) {
        return new PmemDevice(config, Optional.of(state), context);
    }

    @Override
    public PmemState read(StateReader reader) {
        return PmemState.read(reader);
    }
}
