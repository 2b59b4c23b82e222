// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.ByteOutput;
import java.util.List;

/**
 * Which processors and which memory are near each other (section 5.2.16).
 *
 * @param processors the processors
 * @param memory the memory
 */
record Srat(List<Processor> processors, List<MemoryAffinity> memory) implements AcpiTable {
    private static final int LOCAL_APIC = 0;
    private static final int MEMORY = 1;
    private static final int LOCAL_X2APIC = 2;
    private static final int ENABLED = 1;
    private static final int HOT_PLUGGABLE = 1 << 1;

    @Override
    public String signature() {
        return "SRAT";
    }

    @Override
    public int revision() {
        return 3;
    }

    @Override
    public void body(ByteOutput out) {
        // Reserved; the first four bytes are one for the sake of old guests.
        out.putInt(1).putLong(0);
        processors.forEach(processor -> processor(out, processor));
        memory.forEach(range -> memory(out, range));
    }

    private static void processor(ByteOutput out, Processor processor) {
        int domain = processor.domain();
        if (processor.needsX2Apic()) {
            out.putByte(LOCAL_X2APIC).putByte(24).putShort(0);
            out.putInt(domain).putInt(processor.apicId()).putInt(ENABLED).putLong(0);
        } else {
            out.putByte(LOCAL_APIC).putByte(16).putByte(domain).putByte(processor.apicId());
            out.putInt(ENABLED).putByte(0);
            out.putByte(domain >> 8).putShort(domain >> 16).putInt(0);
        }
    }

    private static void memory(ByteOutput out, MemoryAffinity memory) {
        int flags = switch (memory.plug()) {
            case FIXED -> ENABLED;
            case HOT_PLUGGABLE -> ENABLED | HOT_PLUGGABLE;
        };
        out.putByte(MEMORY).putByte(40).putInt(memory.domain()).putShort(0);
        out.putLong(memory.range().base()).putLong(memory.range().size());
        out.putInt(0).putInt(flags).putLong(0);
    }
}
