// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.util.Arrays;

/**
 * How a memory file is compressed: its pages are cut into parts of one size, and each is a frame of Zstandard (RFC
 * 8878) of its own, one after the other. A part of zeros has none.
 */
final class FrameTable implements DeviceState {
    private static final int VERSION = 1;

    /** Zstandard, and no other method yet. */
    private static final int ZSTD = 1;

    private static final int LARGEST = 16 << 20;
    private static final StateCheck CHECK = StateCheck.of("FrameTable");

    private final int frame;
    private final int[] lengths;
    private final long[] offsets;

    /**
     * Makes one.
     *
     * @param frame the bytes of a part
     * @param lengths the bytes of each frame, 0 for one that is not there
     */
    FrameTable(int frame, int[] lengths) {
        this.frame = frame;
        this.lengths = lengths.clone();
        offsets = new long[lengths.length + 1];
        for (int i = 0; i < lengths.length; i++) {
            offsets[i + 1] = offsets[i] + lengths[i];
        }
    }

    /**
     * Reads one and holds it against the size of what is compressed.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if it is malformed, or of something else
     */
    static FrameTable read(StateReader reader, long size) {
        int method = reader.getInt(1, 0);
        int frame = reader.getInt(2, 0);
        byte[] table = reader.getBytes(3);
        CHECK.require("method", method, method == ZSTD, "this program knows Zstandard, which is " + ZSTD)
                .inRange("frame", frame, MemoryImage.PAGE, LARGEST)
                .require("frame", frame, frame % MemoryImage.PAGE == 0, "whole pages");
        int[] lengths = IntTable.decode(CHECK, "lengths", table, Math.ceilDiv(size, frame));
        int most = mostBytes(frame);
        for (int length : lengths) {
            CHECK.inRange("length", length, 0, most);
        }
        return new FrameTable(frame, lengths);
    }

    /** More than the frame of a part that cannot be compressed takes. */
    private static int mostBytes(int frame) {
        return frame + frame / 64 + 1024;
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, ZSTD).putLong(2, frame).putBytes(3, IntTable.encode(lengths));
    }

    int frame() {
        return frame;
    }

    int length(int which) {
        return lengths[which];
    }

    long offset(int which) {
        return offsets[which];
    }

    long fileSize() {
        return offsets[lengths.length];
    }

    int longest() {
        return Arrays.stream(lengths).max().orElse(0);
    }
}
