// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Fd;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.InvalidStateException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Reads all files of a memory and holds them against their checksums, and a working set against the memory. For one
 * thread.
 */
final class MemoryCheck {
    private static final long CHUNK = 4 << 20;

    private final MemoryImage image;
    private final SnapshotProgress progress;
    private final long total;
    private long done;

    private MemoryCheck(MemoryImage image, SnapshotProgress progress, long more) {
        this.image = image;
        this.progress = progress;
        total = image.layers().stream().mapToLong(ImageLayer::size).sum() + more;
    }

    /** Returns how many bytes were read that there is no checksum of. */
    static long run(Snapshot snapshot, SnapshotProgress progress) {
        if (!snapshot.hasWorkingSet()) {
            return new MemoryCheck(snapshot.memory(), progress, 0).run(_ -> {});
        }
        try (WorkingSetCheck copies = WorkingSetCheck.of(snapshot)) {
            return new MemoryCheck(snapshot.memory(), progress, copies.size()).run(copies::run);
        }
    }

    /**
     * Runs.
     *
     * @param more what comes after the memory, and says how far it is
     */
    private long run(Consumer<LongConsumer> more) {
        long unknown = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(CHUNK, MemoryImage.PAGE);
            for (ImageLayer layer : image.layers()) {
                unknown += check(layer, buffer);
                done += layer.size();
            }
        }
        more.accept(bytes -> progress.onProgress(done + bytes, total));
        progress.onProgress(total, total);
        return unknown;
    }

    private long check(ImageLayer layer, MemorySegment buffer) {
        Optional<MemorySums.Sum> sum = layer.sums().map(MemorySums::sum);
        long[] read = {0};
        try (LayerSource source = layer.open(Fd.open(layer.file(), Fd.O_RDONLY))) {
            source.visitData(0, layer.size(), (begin, end) -> {
                for (long place = begin; place < end; place += CHUNK) {
                    MemorySegment pages = buffer.asSlice(0, Math.min(CHUNK, end - place));
                    long at = place;
                    source.read(at, pages);
                    sum.ifPresent(known -> known.add(pages, at));
                    read[0] += pages.byteSize();
                    progress.onProgress(done + at + pages.byteSize(), total);
                }
            });
        } catch (SystemCallException | IOException e) {
            throw new SnapshotException(layer.file(), "it cannot be read: " + e.getMessage(), e);
        }
        if (sum.isPresent()) {
            require(layer, sum.get().finish(layer.size()));
            return 0;
        }
        // Each frame has a checksum of its own, which was looked at.
        return layer.frames().isPresent() ? 0 : read[0];
    }

    private static void require(ImageLayer layer, MemorySums found) {
        long place = layer.sums().orElseThrow().firstDifference(found);
        if (place >= 0) {
            throw new InvalidStateException(
                    "snapshot.memory", "bytes from " + place, "those that were written to " + layer.file());
        }
    }
}
