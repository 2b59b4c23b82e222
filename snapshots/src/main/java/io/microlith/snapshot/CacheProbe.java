// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Fd;
import io.microlith.linux.Mapping;
import io.microlith.linux.SystemCallException;
import io.microlith.snapshot.WorkingSet.Run;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** Whether the host has a snapshot's working set in its page cache, where mapping the file is the shortest way. */
final class CacheProbe {
    /** The most pages that are asked about. */
    private static final int SAMPLES = 64;

    /** The part of them that is there when all is, but for what was evicted just now. */
    private static final double MOST = 0.95;

    private CacheProbe() {}

    /** Asks about a sample of its pages. What is compressed, or cannot be asked about, is not there. */
    static boolean isCached(MemoryImage image, WorkingSet set) {
        // To one who may not write the file, the kernel says that all of it is there.
        boolean askable = !image.isCompressed() && image.files().stream().allMatch(Files::isWritable);
        if (!askable) {
            return false;
        }
        List<Integer> sample = sample(set.runs());
        int asked = 0;
        int cached = 0;
        for (ImageLayer layer : image.layers()) {
            BitSet visible = image.visible(layer);
            List<Integer> pages = sample.stream().filter(visible::get).toList();
            asked += pages.size();
            cached += pages.isEmpty() ? 0 : cached(layer, pages);
        }
        return asked > 0 && cached >= MOST * asked;
    }

    private static List<Integer> sample(List<Run> runs) {
        int step = Math.max(1, runs.size() / SAMPLES);
        return IntStream.iterate(0, i -> i < runs.size(), i -> i + step)
                .mapToObj(i -> runs.get(i).begin())
                .toList();
    }

    private static int cached(ImageLayer layer, List<Integer> pages) {
        try (Fd file = Fd.open(layer.file(), Fd.O_RDONLY);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapping = Mapping.readOnly(file, 0, layer.size(), arena);
            return (int) pages.stream()
                    .filter(page -> Mapping.isCached(mapping, layer.place(page)))
                    .count();
        } catch (SystemCallException e) {
            return 0;
        }
    }
}
