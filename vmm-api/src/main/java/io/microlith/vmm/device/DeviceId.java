// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import java.util.Comparator;

/**
 * The name of a device in its VM: its type and which one of that type it is. Devices get their addresses and interrupts
 * in the order of their ids, so that a VM put together again is the same VM.
 *
 * @param type the type, in lower case, such as {@code serial}
 * @param index from 0, in the order the embedder added them
 */
public record DeviceId(String type, int index) implements Comparable<DeviceId> {
    private static final Comparator<DeviceId> ORDER =
            Comparator.comparing(DeviceId::type).thenComparingInt(DeviceId::index);

    /** Refuses a type that is empty or not in lower case, and a negative index. */
    public DeviceId {
        if (!type.matches("[a-z][a-z0-9-]*") || index < 0) {
            throw new IllegalArgumentException("no device id [type=" + type + " index=" + index + "]");
        }
    }

    @Override
    public int compareTo(DeviceId other) {
        return ORDER.compare(this, other);
    }

    /** {@code serial0}. */
    @Override
    public String toString() {
        return type + index;
    }
}
