// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.device;

import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.harness.Place;
import java.util.List;

/** A disk on a file, under load, against QEMU's. */
public final class BlkBench implements Bench {
    private static final int LARGE = 128 << 10;

    private static final TwoGuests GUESTS = new TwoGuests(
            "blk",
            "blkload",
            List.of(
                    Load.requests("randread 1", "blk-randread-qd1", "random reads of 4 KiB, one at a time"),
                    Load.requests("randread 32", "blk-randread-qd32", "random reads of 4 KiB, 32 at a time"),
                    Load.requests("randwrite 1", "blk-randwrite-qd1", "random writes of 4 KiB, one at a time"),
                    Load.requests("randwrite 32", "blk-randwrite-qd32", "random writes of 4 KiB, 32 at a time"),
                    Load.pieces("seqread 4", "blk-seqread", "reads of 128 KiB in order, 4 at a time", LARGE),
                    Load.pieces("seqwrite 4", "blk-seqwrite", "writes of 128 KiB in order, 4 at a time", LARGE)));

    /** For the list of benchmarks. */
    public BlkBench() {}

    @Override
    public String name() {
        return GUESTS.name();
    }

    @Override
    public String summary() {
        return "a disk on a file in a Linux guest in the rig, against QEMU's virtio-blk; takes minutes";
    }

    @Override
    public Place place() {
        return Place.RIG;
    }

    @Override
    public List<Metric> metrics() {
        return GUESTS.loads().stream().map(Load::metric).toList();
    }

    @Override
    public List<Measurement> run(BenchSettings settings) {
        return GUESTS.run(settings);
    }
}
