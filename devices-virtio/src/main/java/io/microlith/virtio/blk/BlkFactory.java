// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.virtio.limit.LimitOptions;
import io.microlith.virtio.setup.SetupOptions;
import io.microlith.virtio.setup.VirtioFactory;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.state.StateReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes disks. {@link Blk} has shorter ways to say most configurations.
 *
 * <p>Options in text: {@code path} is a raw file or a block device; {@code readonly=true}; {@code overlay} is a file
 * that gets what is written, {@code path} staying as it is; {@code serial}; {@code queues}; {@code bandwidth} and
 * {@code ops} are the most bytes and requests in a second; and those of {@link SetupOptions}.
 */
public final class BlkFactory implements VirtioFactory<BlkConfig, BlkState> {
    /** Makes a factory. */
    public BlkFactory() {}

    @Override
    public String type() {
        return "blk";
    }

    @Override
    public BlkConfig configure(Map<String, String> options) {
        SetupOptions left = SetupOptions.of(type(), options);
        BlkConfig config = BlkConfig.of(source(left))
                .serial(left.take("serial", ""))
                .queues((int) left.takeNumber("queues", 1, 1, BlkConfig.MAX_QUEUES))
                .limiter(LimitOptions.take(left).get())
                .setup(left.takeSetup());
        left.requireNone();
        return config;
    }

    private static Supplier<BlockBackend> source(SetupOptions left) {
        Path path = left.takePath("path")
                .orElseThrow(() -> left.wrong("path", "which file or block device? Give path=FILE"));
        Optional<Path> overlay = left.takePath("overlay");
        if (!left.takeFlag("readonly")) {
            return overlay.<Supplier<BlockBackend>>map(upper -> () -> OverlayBackend.open(path, upper))
                    .orElse(() -> FileBackend.open(path));
        }
        if (overlay.isPresent()) {
            throw left.wrong("overlay", "a disk that is read-only has none: leave one of the two away");
        }
        return () -> FileBackend.open(path, FileBackend.Access.READ_ONLY);
    }

    @Override
    public Device create(BlkConfig config, DeviceContext context) {
        return new BlkDevice(config, Optional.empty(), context);
    }

    @Override
    public Device restore(BlkConfig config, BlkState state, DeviceContext context) {
        return new BlkDevice(config, Optional.of(state), context);
    }

    @Override
    public BlkState read(StateReader reader) {
        return BlkState.read(reader);
    }
}
