// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.state;

import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVm;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.util.List;

/**
 * A guest's two clocks at one instant. Linux holds them against each other, and trusts the TSC no more once they are
 * some hundred microseconds apart.
 *
 * @param clock the paravirtual clock: nanoseconds since the VM was made, as its guest sees them
 * @param tsc the time-stamp counter
 * @param khz how fast that one goes, or 0 if nobody knows
 */
public record GuestTime(long clock, long tsc, int khz) implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 1;

    private static final int IA32_TSC = 0x10;

    /** How often the two are read, to find an instant in which nothing came between. */
    private static final int TRIES = 5;

    /** The difference that is let be. */
    private static final long CLOSE_NANOS = 20_000;

    /** Reads both. On the vCPU's thread. */
    public static GuestTime read(KvmVm vm, KvmVcpu vcpu) {
        GuestTime best = new GuestTime(0, 0, 0);
        long narrowest = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long before = vm.clock().nanos();
            long tsc = vcpu.msrs(List.of(IA32_TSC)).getFirst().value();
            long window = vm.clock().nanos() - before;
            if (window < narrowest) {
                narrowest = window;
                best = new GuestTime(before + window / 2, tsc, vcpu.tscKhz());
            }
        }
        return best;
    }

    /** Reads one, unchecked. */
    public static GuestTime read(StateReader reader) {
        return new GuestTime(reader.getLong(1, -1), reader.getLong(2, 0), reader.getInt(3, 0));
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, clock).putLong(2, tsc).putLong(3, khz);
    }

    /**
     * Returns this state if clocks can show it.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if none can
     */
    public GuestTime checked() {
        StateCheck.of("GuestTime")
                .inRange("clock", clock, 0, Long.MAX_VALUE / 2)
                .inRange("khz", khz, 0, Integer.MAX_VALUE);
        return this;
    }

    /**
     * Whether this is how fast the TSC goes where it has so many kHz: KVM does not scale within 250 parts a million.
     */
    public boolean isSpeed(int here) {
        return Math.abs((long) here - khz) * 1_000_000 <= 250L * here;
    }

    /**
     * Has a vCPU's TSC go as fast as it did, on a host whose own goes at another speed. On the vCPU's thread, before
     * the TSC is put back.
     *
     * @throws InvalidStateException if the host cannot do that
     */
    public void adoptSpeed(KvmVcpu vcpu) {
        int here = khz == 0 ? 0 : vcpu.tscKhz();
        if (here != 0 && !isSpeed(here) && !vcpu.setTscKhz(khz)) {
            throw new InvalidStateException("GuestTime.khz", khz, "this host can have its TSC of " + here + " kHz so");
        }
    }

    /**
     * Sets the paravirtual clock so that both go on together from here. The TSC was put back before, and has gone on
     * since. On the vCPU's thread.
     */
    public void resume(KvmVm vm, KvmVcpu vcpu) {
        vm.setClock(clock);
        if (khz == 0) {
            return;
        }
        for (int i = 0; i < TRIES; i++) {
            GuestTime now = read(vm, vcpu);
            long late = clock + nanos(now.tsc - tsc) - now.clock;
            if (Math.abs(late) <= CLOSE_NANOS) {
                return;
            }
            vm.setClock(Math.max(0, vm.clock().nanos() + late));
        }
    }

    private long nanos(long cycles) {
        return (long) (cycles * 1e6 / khz);
    }
}
