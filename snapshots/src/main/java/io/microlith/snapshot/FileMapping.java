// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Fd;
import io.microlith.linux.Mapping;
import io.microlith.linux.MemFd;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MemoryBound;
import io.microlith.vmm.memory.MemoryLayer;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.PrivateMemory;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;

/** {@link RestoreStrategy#MAPPED}. */
final class FileMapping implements RestoreStrategy {
    @Override
    public MachineMemory map(Snapshot snapshot, String name, PageBacking backing) {
        if (backing == PageBacking.HUGE_2M) {
            throw new ConfigException(
                    "pages", "a file that is mapped has pages of 4 KiB: restore eagerly to have others");
        }
        try (MemoryLayer layer = layer(snapshot.memory())) {
            return PrivateMemory.on(layer);
        }
    }

    /** The content of an image: of its files, as long as they stay as they are, or of memory if they are compressed. */
    static MemoryLayer layer(MemoryImage image) {
        try {
            return image.isCompressed() ? unpacked(image) : mapped(image);
        } catch (SystemCallException | IOException e) {
            throw new SnapshotException(image.file(), "its memory cannot be mapped: " + e.getMessage(), e);
        }
    }

    private static MemoryLayer mapped(MemoryImage image) {
        List<ImageLayer> layers = image.layers();
        MemoryLayer all = MemoryLayer.of(Fd.open(layers.getFirst().file(), Fd.O_RDONLY), image.ranges());
        for (ImageLayer layer : layers.subList(1, layers.size())) {
            try (MemoryLayer below = all) {
                all = below.with(
                        Fd.open(layer.file(), Fd.O_RDONLY), layer.pages().orElseThrow());
            }
        }
        return all;
    }

    private static MemoryLayer unpacked(MemoryImage image) throws IOException {
        MemoryBound.here()
                .require(
                        Size.bytes(image.size()),
                        "what is compressed is unpacked to be mapped; restore it in another way");
        MemFd file = MemFd.create("snapshot", image.size());
        boolean read = false;
        try (Arena arena = Arena.ofShared();
                ImageReader reader = ImageReader.open(image)) {
            reader.readAll(List.of(Mapping.shared(file, 0, image.size(), arena)));
            read = true;
            return MemoryLayer.of(file, image.ranges());
        } finally {
            if (!read) {
                file.close();
            }
        }
    }

    /** {@code mapped}. */
    @Override
    public String toString() {
        return "mapped";
    }
}
