// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.Errno;
import io.microlith.testkit.FakeDeviceContext;
import org.junit.jupiter.api.Test;

/** What a guest is told of a flush is what the medium said of it. */
class FlushTest {
    private static final byte OK = 0;
    private static final byte IO_ERROR = 1;

    /** A disk that counts what it is asked, and answers as it is told. */
    private static final class FlushedBackend implements BlockBackend {
        private final MemoryBackend medium = new MemoryBackend(1 << 16);
        private int writes;
        private int flushes;
        private int writesAtFlush;
        private int answer;

        @Override
        public long size() {
            return medium.size();
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public long read(long offset, BlockData into, long from, long length) {
            return medium.read(offset, into, from, length);
        }

        @Override
        public long write(long offset, BlockData data, long from, long length) {
            writes++;
            return medium.write(offset, data, from, length);
        }

        @Override
        public int flush() {
            flushes++;
            writesAtFlush = writes;
            return answer;
        }

        @Override
        public int discard(long offset, long length) {
            return 0;
        }

        @Override
        public int writeZeroes(long offset, long length, Zeroing zeroing) {
            return medium.writeZeroes(offset, length, zeroing);
        }

        @Override
        public void close() {
            medium.close();
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
