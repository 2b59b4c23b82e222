// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.state;

import io.microlith.kvm.KvmClock;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVm;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The clocks a guest holds against each other, read as of one instant and set so that they agree. On the vCPU's thread.
 *
 * <p>A host whose own clock is its TSC says what both were when it read the paravirtual one; the guest's TSC is a
 * constant ahead of that. Elsewhere the guest's TSC is read between two readings of the other clock.
 */
public final class GuestClocks {
    private static final int IA32_TSC = 0x10;

    /** How often the two are read, to find an instant in which nothing came between. */
    private static final int READINGS = 5;

    /** How often the paravirtual clock is set. Another thread may have the processor in between. */
    private static final int SETTINGS = 20;

    /** The difference that is let be at first; a host that does not manage that is given as much more each time. */
    private static final long CLOSE_NANOS = 20_000;

    private final Host host;

    GuestClocks(Host host) {
        this.host = host;
    }

    /** Of a machine, by one of its vCPUs. */
    public static GuestClocks of(KvmVm vm, KvmVcpu vcpu) {
        return new GuestClocks(new KvmHost(vm, vcpu));
    }

    /** What both show. */
    public GuestTime read() {
        GuestTime best = new GuestTime(0, 0, 0);
        long narrowest = Long.MAX_VALUE;
        int khz = host.tscKhz();
        OptionalLong offset = host.tscOffset();
        for (int i = 0; i < READINGS; i++) {
            KvmClock before = host.clock();
            long tsc = host.tsc();
            KvmClock after = host.clock();
            Optional<GuestTime> exact = exact(before, tsc, after, offset, khz);
            if (exact.isPresent()) {
                return exact.get();
            }
            long window = after.nanos() - before.nanos();
            if (window < narrowest) {
                narrowest = window;
                best = new GuestTime(before.nanos() + window / 2, tsc, khz);
            }
        }
        return best;
    }

    /** At the second reading. Empty unless the TSC that was read in between confirms that it is just ahead. */
    private static Optional<GuestTime> exact(
            KvmClock before, long between, KvmClock after, OptionalLong offset, int khz) {
        if (offset.isEmpty() || !before.hasHostTime() || !after.hasHostTime()) {
            return Optional.empty();
        }
        long first = before.hostTsc() + offset.getAsLong();
        long last = after.hostTsc() + offset.getAsLong();
        if (between < first || between > last) {
            return Optional.empty();
        }
        return Optional.of(new GuestTime(after.nanos(), last, khz));
    }

    /**
     * Sets the paravirtual clock so that both go on together from what they showed. The TSC was put back before, and
     * has gone on since.
     */
    public void resume(GuestTime then) {
        host.setClock(then.clock());
        if (then.khz() == 0) {
            return;
        }
        long lead = 0; // how long setting takes
        for (int i = 1; i <= SETTINGS; i++) {
            long late = then.lateness(read());
            if (Math.abs(late) <= i * CLOSE_NANOS) {
                return;
            }
            lead = i == 1 ? 0 : lead + late;
            host.setClock(Math.max(0, host.clock().nanos() + late + lead));
        }
    }

    /** What has the clocks. */
    interface Host {
        KvmClock clock();

        void setClock(long nanos);

        long tsc();

        OptionalLong tscOffset();

        int tscKhz();
    }

    private record KvmHost(KvmVm vm, KvmVcpu vcpu) implements Host {
        @Override
        public KvmClock clock() {
            return vm.clock();
        }

        @Override
        public void setClock(long nanos) {
            vm.setClock(nanos);
        }

        @Override
        public long tsc() {
            return vcpu.msrs(List.of(IA32_TSC)).getFirst().value();
        }

        @Override
        public OptionalLong tscOffset() {
            return vcpu.tscOffset();
        }

        @Override
        public int tscKhz() {
            return vcpu.tscKhz();
        }
    }
}
