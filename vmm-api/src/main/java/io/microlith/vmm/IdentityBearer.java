// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.util.Optional;

/**
 * A machine as one that has an identity: no other machine has it meanwhile. While it becomes another one it has that
 * one's, too. Any thread.
 */
final class IdentityBearer implements AutoCloseable {
    private final Vm machine;
    private Optional<CloneIdentity> present = Optional.empty();
    private Optional<CloneIdentity> next = Optional.empty();

    IdentityBearer(Vm machine) {
        this.machine = machine;
    }

    /**
     * The machine is about to be somebody, or nobody else than was saved.
     *
     * @throws io.microlith.vmm.error.ConfigException if another one has that identity
     */
    synchronized void begin(Optional<CloneIdentity> who) {
        who.ifPresent(identity -> identity.giveTo(machine));
        next = who;
    }

    /** It is. */
    synchronized void end() {
        give(present, next);
        present = next;
        next = Optional.empty();
    }

    /** It will not be, and is who it was. */
    synchronized void cancel() {
        give(next, present);
        next = Optional.empty();
    }

    /** Gives one back, unless it is the other one. */
    private void give(Optional<CloneIdentity> back, Optional<CloneIdentity> kept) {
        back.filter(identity -> kept.filter(identity::isThatOf).isEmpty())
                .ifPresent(identity -> identity.takeFrom(machine));
    }

    /** The machine is gone. */
    @Override
    public synchronized void close() {
        present.ifPresent(identity -> identity.takeFrom(machine));
        next.ifPresent(identity -> identity.takeFrom(machine));
    }
}
