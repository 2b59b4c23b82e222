// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;

/** How a notifier comes to send a message: it differs with what KVM has. Used by one thread at a time. */
interface KvmMsiWiring extends AutoCloseable {
    /** Where messages to local APICs go (Intel SDM volume 3, 12.11.1). */
    long APIC = 0xfee0_0000L;

    /** Which bits of an address say so; the others choose among the local APICs. */
    long APIC_MASK = -1L << 20;

    /** Whether a message is an interrupt. Any other would be a write to memory, which no function here makes. */
    static boolean isInterrupt(long address) {
        return (address & APIC_MASK) == APIC;
    }

    /** Chooses the message. One that is no interrupt goes nowhere. */
    void route(long address, int data);

    /** Has KVM or a thread wait for the notifier, which may have rung already. */
    Registration connect(Notifier notifier);

    /** Gives back what was taken. Nothing is connected any more. */
    @Override
    void close();
}
