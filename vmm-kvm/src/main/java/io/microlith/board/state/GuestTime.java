// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.state;

import io.microlith.kvm.KvmVcpu;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

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

    /** How far the paravirtual clock has fallen behind the TSC since, in nanoseconds. */
    public long lateness(GuestTime now) {
        return clock + (long) ((now.tsc - tsc) * 1e6 / khz) - now.clock;
    }
}
