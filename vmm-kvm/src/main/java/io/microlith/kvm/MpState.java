// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/** What a vCPU does when it is run, with the local APIC in the kernel: {@code KVM_MP_STATE_*}. */
public enum MpState {
    /** It runs. */
    RUNNABLE(0),
    /** It is an application processor that waits for INIT. */
    UNINITIALIZED(1),
    /** It got INIT and waits for a start-up message. */
    INIT_RECEIVED(2),
    /** It halted and waits for an interrupt. */
    HALTED(3),
    /** It got the start-up message. */
    SIPI_RECEIVED(4);

    private final int number;

    MpState(int number) {
        this.number = number;
    }

    /** KVM's number for it. */
    int number() {
        return number;
    }

    /** The state with KVM's number. */
    static MpState of(int number) {
        for (MpState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        throw new IllegalArgumentException("mp_state=" + number);
    }
}
