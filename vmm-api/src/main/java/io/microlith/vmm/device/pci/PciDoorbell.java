// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A write to a BAR that rings a notifier. Its owner's lock guards what changes. */
final class PciDoorbell {
    private static final Logger LOG = LoggerFactory.getLogger(PciDoorbell.class);

    private final DeviceContext context;
    private final IoEvent event;
    private final Notifier notifier;
    private @Nullable Registration connection;
    private boolean warned;

    /** Takes the write by its offset in the BAR. */
    PciDoorbell(DeviceContext context, IoEvent event, Notifier notifier) {
        this.context = context;
        this.event = event;
        this.notifier = notifier;
    }

    /** Has the hypervisor ring, the BAR being at an address. If it cannot, {@link #isRungBy} does. */
    void connect(long bar) {
        AddressRange range =
                new AddressRange(bar + event.range().base(), event.range().size());
        try {
            connection = context.bind(new IoEvent(event.space(), range, event.match()), notifier);
        } catch (HypervisorException e) {
            // The guest moves the BAR as often as it likes: once is enough.
            if (!warned) {
                LOG.warn("device={} a doorbell takes an exit: {}", context.id(), e.getMessage());
            }
            warned = true;
        }
    }

    /** Ends the ringing by the hypervisor. */
    void disconnect() {
        Registration current = connection;
        connection = null;
        if (current != null) {
            current.close();
        }
    }

    /** Rings if a write that came by an exit is the doorbell's. Returns whether it was. */
    boolean isRungBy(long offset, int size, long value) {
        AddressRange range = event.range();
        boolean matches = offset == range.base()
                && size == range.size()
                && (event.match().isEmpty() || event.match().getAsLong() == value);
        if (matches) {
            notifier.signal();
        }
        return matches;
    }
}
