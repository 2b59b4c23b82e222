// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a host's KVM lacks, done with an exit to user space instead: notifiers that guest writes ring, and memory the
 * guest can only read. vCPUs look here before they show an exit to their caller, and enter the guest again if it was
 * handled. On a host that lacks nothing this is empty and costs a read of one field an exit.
 *
 * <p>Any thread registers; vCPU threads look without a lock.
 */
final class KvmFallbacks {
    private record Event(IoEvent event, Notifier notifier) {
        boolean matches(IoEvent.Space space, KvmRun exit) {
            AddressRange range = event.range();
            return exit.isWrite()
                    && exit.count() == 1
                    && space == event.space()
                    && exit.address() == range.base()
                    && exit.size() == range.size()
                    && (event.match().isEmpty() || event.match().getAsLong() == exit.data(0));
        }
    }

    /** Replaced as a whole. */
    private record Table(List<Event> events, List<GuestRegion> readOnly) {}

    private static final Table EMPTY = new Table(List.of(), List.of());

    private volatile Table table = EMPTY;

    /** Whether there is nothing to look for. */
    @SuppressWarnings("ReferenceEquality") // There is one empty table, and this is asked at every exit.
    boolean isEmpty() {
        return table == EMPTY;
    }

    /** Rings a notifier on a guest write. */
    Registration ring(IoEvent event, Notifier notifier) {
        Event entry = new Event(event, notifier);
        replace(old -> new Table(plus(old.events(), entry), old.readOnly()));
        return () -> replace(old -> new Table(minus(old.events(), entry), old.readOnly()));
    }

    /** Answers guest reads from memory; writes go to the vCPU's caller. */
    Registration readOnly(GuestRegion region) {
        replace(old -> new Table(old.events(), plus(old.readOnly(), region)));
        return () -> replace(old -> new Table(old.events(), minus(old.readOnly(), region)));
    }

    private synchronized void replace(UnaryOperator<Table> change) {
        Table next = change.apply(table);
        table = next.equals(EMPTY) ? EMPTY : next;
    }

    private static <T> List<T> plus(List<T> list, T element) {
        List<T> longer = new ArrayList<>(list);
        longer.add(element);
        return List.copyOf(longer);
    }

    /** By identity: two equal registrations are two. */
    @SuppressWarnings("ReferenceEquality")
    private static <T> List<T> minus(List<T> list, T element) {
        List<T> shorter = new ArrayList<>(list);
        for (int i = 0; i < shorter.size(); i++) {
            if (shorter.get(i) == element) {
                shorter.remove(i);
                break;
            }
        }
        return List.copyOf(shorter);
    }

    /** Handles an access if it is one of those registered. Returns whether it was. */
    boolean handle(IoEvent.Space space, KvmRun exit) {
        Table now = table;
        for (Event event : now.events()) {
            if (event.matches(space, exit)) {
                event.notifier().signal();
                return true;
            }
        }
        return space == IoEvent.Space.MMIO && !exit.isWrite() && answer(now.readOnly(), exit);
    }

    private static boolean answer(List<GuestRegion> regions, KvmRun exit) {
        for (GuestRegion region : regions) {
            if (region.range().contains(exit.address(), exit.size())) {
                long offset = exit.address() - region.gpa();
                long value = 0;
                for (int i = exit.size() - 1; i >= 0; i--) {
                    value = value << Byte.SIZE
                            | Byte.toUnsignedLong(region.segment().get(JAVA_BYTE, offset + i));
                }
                exit.respond(0, value);
                return true;
            }
        }
        return false;
    }
}
