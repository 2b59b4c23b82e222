// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/**
 * How often one vCPU left the guest, by reason. Its thread counts; others read what may be a few exits old: the numbers
 * are plain fields, written out before each entry into the guest since that is a call the compiler cannot see into.
 */
@SuppressWarnings("EnumOrdinal") // an index into an array of this object's life: nothing outlives a change
final class ExitCounts {
    /** Every so many exits of a reason, the recording is asked whether it has begun meanwhile. */
    private static final long LOOK_MASK = 0xff;

    private final FlightRecording recording;
    private final long[] counts = new long[ExitReason.values().length];

    ExitCounts(FlightRecording recording) {
        this.recording = recording;
    }

    /** Counts one. Only on the vCPU's thread. */
    void add(ExitReason reason) {
        int index = reason.ordinal();
        long count = counts[index] + 1;
        counts[index] = count;
        if ((count & LOOK_MASK) == 0) {
            var _ = recording.isOn();
        }
    }

    /** How many there were. Any thread. */
    long of(ExitReason reason) {
        return counts[reason.ordinal()];
    }
}
