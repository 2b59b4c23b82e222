// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.snapshot.WorkingSet.Run;
import io.microlith.vmm.error.InvalidStateException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;

/** Any bytes are a working set's table or are refused, and so are any pages and runs. */
class WorkingSetFuzzTest {
    private static final int PAGES = 1 << 16;
    private static final int MOST = 64;
    private static final Fingerprint OWNER = Fingerprint.of(new UUID(1, 2), new byte[0]);

    @FuzzTest
    void decode_anyBytes_isRefusedOrDone(byte[] bytes) {
        decode(ByteBuffer.wrap(bytes));
    }

    /** Behind the checksum: the first number says how many pages follow, the others are runs. */
    @FuzzTest
    void decode_anyPagesAndRuns_isRefusedOrDone(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int[] trace = new int[in.hasRemaining() ? in.get() & MOST - 1 : 0];
        for (int i = 0; i < trace.length && in.remaining() >= Integer.BYTES; i++) {
            trace[i] = in.getInt();
        }
        List<Run> runs = new ArrayList<>();
        while (in.remaining() >= Long.BYTES && runs.size() < MOST) {
            runs.add(new Run(in.getInt(), in.getInt()));
        }
        decode(WorkingSetFile.encode(new WorkingSet(OWNER, trace, runs)));
    }

    private static void decode(ByteBuffer table) {
        BitSet extents = new BitSet();
        for (int page = 0; page < PAGES; page += 512) {
            extents.set(page);
        }
        try {
            var _ = WorkingSetFile.decode(table, OWNER, PAGES, extents);
        } catch (InvalidStateException e) {
            // As documented.
        }
    }
}
