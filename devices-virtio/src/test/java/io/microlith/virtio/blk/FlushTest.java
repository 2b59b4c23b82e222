// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static io.microlith.virtio.blk.BlkGuest.IO_ERROR;
import static io.microlith.virtio.blk.BlkGuest.OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.Errno;
import io.microlith.testkit.FakeDeviceContext;
import org.junit.jupiter.api.Test;

/** What a guest is told of a flush is what the medium said of it. */
class FlushTest {
    /** A disk that counts what it is asked, and answers as it is told. */
    private static final class FlushedBackend extends ForwardingBackend {
        private int writes;
        private int flushes;
        private int writesAtFlush;
        private int answer;

        FlushedBackend() {
            super(new MemoryBackend(1 << 16));
        }

        @Override
        public long write(long offset, BlockData data, long from, long length) {
            writes++;
            return super.write(offset, data, from, length);
        }

        @Override
        public int flush() {
            flushes++;
            writesAtFlush = writes;
            return answer;
        }
    }

    private final FlushedBackend backend = new FlushedBackend();

    private BlkGuest guest() {
        return new BlkGuest(BlkConfig.of(() -> backend), new FakeDeviceContext("blk"));
    }

    @Test
    void flush_afterAWrite_reachesTheMediumAfterIt() {
        try (BlkGuest guest = guest()) {
            assertThat(guest.write(1, new byte[512])).isEqualTo(OK);
            assertThat(backend.flushes).isZero();
            assertThat(guest.request(BlkRequest.FLUSH, 0)).isEqualTo(OK);
            assertThat(backend.flushes).isOne();
            assertThat(backend.writesAtFlush).isOne();
        }
    }

    @Test
    void flush_mediumFails_isAnError() {
        backend.answer = -Errno.EIO;
        try (BlkGuest guest = guest()) {
            assertThat(guest.request(BlkRequest.FLUSH, 0)).isEqualTo(IO_ERROR);
            backend.answer = 0;
            assertThat(guest.request(BlkRequest.FLUSH, 0)).isEqualTo(OK);
        }
    }
}
