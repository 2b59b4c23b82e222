// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import io.microlith.vmm.device.DeviceSpec;
import java.nio.file.Path;

/** Persistent memory to give to a machine, which Linux shows as {@code pmem0} and so on. */
public final class Pmem {
    private Pmem() {}

    /** A file, or a block device, that the guest can write. */
    public static DeviceSpec<PmemConfig> readWrite(Path path) {
        return with(PmemConfig.of(() -> FilePmem.open(path, FilePmem.Access.READ_WRITE)));
    }

    /** A file, or a block device, that the guest can only read. */
    public static DeviceSpec<PmemConfig> readOnly(Path path) {
        return with(PmemConfig.of(() -> FilePmem.open(path, FilePmem.Access.READ_ONLY)));
    }

    /** Persistent memory of any configuration. */
    public static DeviceSpec<PmemConfig> with(PmemConfig config) {
        return new DeviceSpec<>(new PmemFactory(), config);
    }
}
