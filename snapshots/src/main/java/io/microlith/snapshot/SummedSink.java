// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;

/** Adds pages up as {@link MemorySums} says, on their way into a file. */
final class SummedSink implements PageSink {
    private final PageSink next;
    private final MemorySums.Sum sum = MemorySums.Sum.begin();

    SummedSink(PageSink next) {
        this.next = next;
    }

    @Override
    public void write(MemorySegment pages, long place) throws IOException {
        sum.add(pages, place);
        next.write(pages, place);
    }

    @Override
    public List<Section> finish(long size) throws IOException {
        ByteString sums = ByteString.of(StateCodec.encode(sum.finish(size)));
        return Stream.concat(next.finish(size).stream(), Stream.of(new Section(SectionType.SUMS.number(), "", sums)))
                .toList();
    }

    @Override
    public void close() {
        next.close();
    }
}
