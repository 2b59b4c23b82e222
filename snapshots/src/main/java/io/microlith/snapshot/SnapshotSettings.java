// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import com.github.luben.zstd.Zstd;
import io.microlith.vmm.bus.AddressRange;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.OptionalInt;

/** How a snapshot is written. Immutable; the methods that set something return another one. */
public final class SnapshotSettings {
    /** Its memory as it is, all of it, and nobody hears how far it is. */
    public static final SnapshotSettings DEFAULT =
            new SnapshotSettings(OptionalInt.empty(), List.of(), SnapshotProgress.NONE);

    private static final int USUAL_LEVEL = 1;

    private final OptionalInt level;
    private final List<AddressRange> left;
    private final SnapshotProgress progress;

    private SnapshotSettings(OptionalInt level, List<AddressRange> left, SnapshotProgress progress) {
        this.level = level;
        this.left = List.copyOf(left);
        this.progress = progress;
    }

    /** Compresses memory with Zstandard, at its fastest level. */
    public SnapshotSettings compressed() {
        return compressed(USUAL_LEVEL);
    }

    /**
     * Compresses memory with Zstandard, by several threads. Such a snapshot is smaller; its pages have to be unpacked,
     * so it cannot be mapped as it is: see docs/snapshots.md.
     *
     * @param strength the level: 1 to 19 and more, or below for still less work
     * @throws IllegalArgumentException if there is no such level
     */
    public SnapshotSettings compressed(int strength) {
        if (strength < Zstd.minCompressionLevel() || strength > Zstd.maxCompressionLevel() || strength == 0) {
            throw new IllegalArgumentException("Zstandard has no level " + strength);
        }
        return new SnapshotSettings(OptionalInt.of(strength), left, progress);
    }

    /**
     * Leaves the content of some memory out, as what the guest shares with its host and gets anew: it reads as zero in
     * a machine that is restored.
     *
     * @param ranges guest-physical addresses, in whole pages of RAM
     * @throws IllegalArgumentException if two of them overlap
     */
    public SnapshotSettings without(List<AddressRange> ranges) {
        List<AddressRange> rising = ranges.stream().sorted().toList();
        for (int i = 1; i < rising.size(); i++) {
            if (rising.get(i - 1).overlaps(rising.get(i))) {
                throw new IllegalArgumentException(rising.get(i - 1) + " and " + rising.get(i) + " overlap");
            }
        }
        return new SnapshotSettings(level, rising, progress);
    }

    /** Says who hears how far it is. */
    public SnapshotSettings progress(SnapshotProgress listener) {
        return new SnapshotSettings(level, left, listener);
    }

    List<AddressRange> left() {
        return left;
    }

    SnapshotProgress progress() {
        return progress;
    }

    /** What writes the pages of a memory file. */
    PageSink sink(FileChannel file) {
        return level.isPresent() ? new FrameSink(file, level.getAsInt()) : new SummedSink(new PlainSink(file));
    }
}
