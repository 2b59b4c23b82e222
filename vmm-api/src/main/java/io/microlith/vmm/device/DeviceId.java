// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

/**
 * The name of a device in its VM: its type and which one of that type it is. Devices get their addresses and interrupts
 * in the order of their ids, so that a VM put together again is the same VM.
 *
 * @param type the type, in lower case, such as {@code serial}
 * @param index from 0, in the order the embedder added them
 */
public record DeviceId(String type, int index) implements Comparable<DeviceId> {
    /** Refuses a type that is empty or not in lower case, and a negative index. */
    public DeviceId {
        if (!isType(type) || index < 0) {
            throw new IllegalArgumentException("no device id [type=" + type + " index=" + index + "]");
        }
    }

    private static boolean isType(String text) {
        if (text.isEmpty() || !isLetter(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetter(c) && (c < '0' || c > '9') && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z';
    }

    @Override
    public int compareTo(DeviceId other) {
        int byType = type.compareTo(other.type);
        return byType != 0 ? byType : Integer.compare(index, other.index);
    }

    /** {@code serial0}. */
    @Override
    public String toString() {
        return type + index;
    }
}
