// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.event.MsiVector;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;

/** A thread that waits for the notifier and has KVM send the message, where KVM lacks irqfds or routes. */
final class KvmRelayWiring implements KvmMsiWiring {
    private static final MsiVector NOWHERE = () -> {};

    private final KvmFile vm;
    private final KvmInterruptRelay relay;

    /** Guarded by this, as is the message: so that none is sent once the route is masked. */
    private boolean connected;

    private MsiVector message = NOWHERE;

    KvmRelayWiring(KvmFile vm, KvmInterruptRelay relay) {
        this.vm = vm;
        this.relay = relay;
    }

    @Override
    public synchronized void route(long address, int data) {
        message = KvmMsiWiring.isInterrupt(address) ? new KvmMsiVector(vm, address, data) : NOWHERE;
    }

    @Override
    public Registration connect(Notifier notifier) {
        setConnected(true);
        Registration registration = relay.bind(() -> send(notifier), notifier);
        return () -> {
            setConnected(false);
            registration.close();
        };
    }

    private synchronized void setConnected(boolean now) {
        connected = now;
    }

    /** The relay took the signal off the notifier. If the route was masked meanwhile, it goes back. */
    private synchronized void send(Notifier notifier) {
        if (connected) {
            message.signal();
        } else {
            notifier.signal();
        }
    }

    @Override
    public void close() {
        // Nothing was taken.
    }
}
