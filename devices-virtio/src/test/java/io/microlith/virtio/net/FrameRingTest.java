// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FrameRingTest {
    /** What was put in comes out, in order, and no more than there is room for goes in. */
    @Property(tries = 50)
    void ring_anyUse_isAQueue(@ForAll @Size(max = 300) List<@IntRange(min = -40_000, max = 68_608) Integer> steps) {
        try (FakeDeviceContext machine = new FakeDeviceContext("net")) {
            RxFrame into = new RxFrame(machine.memory());
            FrameRing ring = new FrameRing();
            MemorySegment frame = MemorySegment.ofArray(new byte[NetLayout.MOST_FRAME]);
            Deque<Integer> model = new ArrayDeque<>();
            long stored = 0;
            for (int step : steps) {
                into.clear();
                if (step >= 0) {
                    frame.set(ValueLayout.JAVA_BYTE, 0, (byte) step);
                    boolean taken = ring.offer(frame, 0, step);
                    // At most one frame's room is lost at the end of the ring.
                    assertThat(taken || stored + 2L * (step + 16) > FrameRing.CAPACITY - 68_608)
                            .isTrue();
                    if (taken) {
                        model.add(step);
                        stored += step;
                    }
                } else if (model.isEmpty()) {
                    assertThat(ring.take(into)).isZero();
                } else {
                    int length = model.remove();
                    assertThat(ring.take(into)).isEqualTo(12 + length);
                    stored -= length;
                    if (length > 0) {
                        byte[] first = new byte[1];
                        into.get(0, MemorySegment.ofArray(first), 0, 1);
                        assertThat(first[0]).isEqualTo((byte) length);
                    }
                }
            }
        }
    }
}
