// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;

/** An irqfd on an interrupt number whose route is a message: KVM sends it with no thread of this process. */
final class KvmIrqfdWiring implements KvmMsiWiring {
    private final KvmFile vm;
    private final KvmRoutes routes;
    private final int gsi;

    KvmIrqfdWiring(KvmFile vm, KvmRoutes routes) {
        this.vm = vm;
        this.routes = routes;
        gsi = routes.take();
    }

    @Override
    public void route(long address, int data) {
        if (KvmMsiWiring.isInterrupt(address)) {
            routes.route(new IrqRoute.Msi(gsi, address, data));
        } else {
            routes.unroute(gsi);
        }
    }

    @Override
    public Registration connect(Notifier notifier) {
        return KvmEventBindings.irqfd(vm, gsi, notifier);
    }

    @Override
    public void close() {
        routes.release(gsi);
    }
}
