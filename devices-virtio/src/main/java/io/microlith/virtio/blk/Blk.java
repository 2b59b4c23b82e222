// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.vmm.device.DeviceSpec;
import java.nio.file.Path;

/** Disks to give to a machine, which Linux calls {@code vda}, {@code vdb} and so on. */
public final class Blk {
    private Blk() {}

    /** A disk on a backend, which it then owns: for one VM. */
    public static DeviceSpec<BlkConfig> on(BlockBackend backend) {
        return with(BlkConfig.of(() -> backend));
    }

    /** A disk in a raw file, or on a block device, that the guest can write. */
    public static DeviceSpec<BlkConfig> readWrite(Path path) {
        return with(BlkConfig.of(() -> FileBackend.open(path)));
    }

    /** A disk in a raw file, or on a block device, that the guest can only read. */
    public static DeviceSpec<BlkConfig> readOnly(Path path) {
        return with(BlkConfig.of(() -> FileBackend.open(path, FileBackend.Access.READ_ONLY)));
    }

    /** A disk with the content of a file that stays as it is; what is written goes to another one. */
    public static DeviceSpec<BlkConfig> overlay(Path base, Path overlay) {
        return with(BlkConfig.of(() -> OverlayBackend.open(base, overlay)));
    }

    /** A disk of any configuration. */
    public static DeviceSpec<BlkConfig> with(BlkConfig config) {
        return new DeviceSpec<>(new BlkFactory(), config);
    }
}
