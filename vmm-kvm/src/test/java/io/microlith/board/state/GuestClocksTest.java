// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.KvmClock;
import io.microlith.kvm.abi.KvmClockDataLayout;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class GuestClocksTest {
    private static final int KHZ = 2_000_000;
    private static final int HOST_TIME = KvmClockDataLayout.FLAG_REALTIME | KvmClockDataLayout.FLAG_HOST_TSC;

    /** A host that takes its time with every call. */
    private static final class SlowHost implements GuestClocks.Host {
        private final long nanos;
        private final int flags;
        private final OptionalLong offset;
        private long now = 1_000_000_000;
        private long ahead;
        private int calls;
        private int hiccup = -1;

        SlowHost(long nanos, int flags, OptionalLong offset) {
            this.nanos = nanos;
            this.flags = flags;
            this.offset = offset;
        }

        static SlowHost exact(long nanos) {
            return new SlowHost(nanos, HOST_TIME, OptionalLong.of(-5_000));
        }

        /** Half before what the call does, half after it; a thousand times as long at the hiccup. */
        private void halfACall() {
            now += nanos / 2 * (calls++ / 2 == hiccup ? 1_000 : 1);
        }

        private long hostTsc() {
            return now * 2;
        }

        /** How far the clock is from where it should be. */
        long error(GuestTime then) {
            return then.lateness(new GuestTime(now + ahead, hostTsc() - 5_000, KHZ));
        }

        @Override
        public KvmClock clock() {
            halfACall();
            KvmClock clock = new KvmClock(now + ahead, flags, 7, hostTsc());
            halfACall();
            return clock;
        }

        @Override
        public void setClock(long to) {
            halfACall();
            ahead = to - now;
            halfACall();
        }

        @Override
        public long tsc() {
            halfACall();
            long tsc = hostTsc() - 5_000;
            halfACall();
            return tsc;
        }

        @Override
        public OptionalLong tscOffset() {
            return offset;
        }

        @Override
        public int tscKhz() {
            return KHZ;
        }
    }

    private static GuestTime resume(SlowHost host) {
        GuestTime then = new GuestTime(40_000_000, host.tsc(), KHZ);
        new GuestClocks(host).resume(then);
        return then;
    }

    @Property
    void read_hostTellsItsTime_isOneInstant(@ForAll @LongRange(min = 2, max = 50_000_000) long nanos) {
        SlowHost host = SlowHost.exact(nanos);

        GuestTime time = new GuestClocks(host).read();

        assertThat(host.error(time)).isZero();
    }

    @Property
    void resume_hostTellsItsTime_bothGoOnTogether(
            @ForAll @LongRange(min = 2, max = 50_000_000) long nanos, @ForAll @IntRange(min = 1, max = 12) int hiccup) {
        SlowHost host = SlowHost.exact(nanos);
        host.hiccup = hiccup;

        GuestTime then = resume(host);

        assertThat(host.error(then)).isBetween(-100_000L, 100_000L);
    }

    @Test
    void resume_hostDoesNotTellItsTime_isAsCloseAsAReading() {
        SlowHost host = new SlowHost(10_000, 0, OptionalLong.of(-5_000));
        host.hiccup = 6;

        GuestTime then = resume(host);

        assertThat(host.error(then)).isBetween(-30_000L, 30_000L);
    }

    @Test
    void read_offsetThatTheCounterBelies_isNotTrusted() {
        SlowHost host = new SlowHost(10_000, HOST_TIME, OptionalLong.of(1_000_000));

        GuestTime time = new GuestClocks(host).read();

        assertThat(host.error(time)).isBetween(-10_000L, 10_000L);
    }

    @Test
    void resume_unknownSpeed_setsTheClockAlone() {
        SlowHost host = SlowHost.exact(10_000);

        new GuestClocks(host).resume(new GuestTime(40_000_000, 0, 0));

        assertThat(host.now + host.ahead).isEqualTo(40_005_000);
    }
}
