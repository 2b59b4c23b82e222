// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import io.microlith.vmm.device.Trigger;

/**
 * An input of an I/O interrupt controller, active high; level-triggered ones are shared (section 6.4.3.6).
 *
 * @param gsi the global system interrupt
 * @param trigger how the input takes its line
 */
public record ExtendedInterrupt(int gsi, Trigger trigger) implements Resource {
    private static final int TAG = 0x89;
    private static final int LENGTH = 6;
    private static final int CONSUMER = 1;
    private static final int EDGE = 1 << 1;
    private static final int SHARED = 1 << 3;

    /** Refuses a negative number. */
    public ExtendedInterrupt {
        if (gsi < 0) {
            throw new IllegalArgumentException("no global system interrupt [gsi=" + gsi + "]");
        }
    }

    @Override
    public void encode(ByteOutput out) {
        int manner = switch (trigger) {
            case EDGE -> EDGE;
            case LEVEL -> SHARED;
        };
        out.putByte(TAG).putShort(LENGTH).putByte(CONSUMER | manner).putByte(1).putInt(gsi);
    }
}
