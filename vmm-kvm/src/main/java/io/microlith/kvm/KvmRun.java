// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.microlith.kvm.abi.KvmExit;
import io.microlith.kvm.abi.KvmRunLayout;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.VcpuExit;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The run page of a vCPU: the last device access in it, and the flag that keeps the vCPU out of the guest.
 *
 * <p>The kernel writes it during {@code KVM_RUN} and reads the answer at the start of the next one. The guest cannot
 * reach it, so what stands in it is believed.
 */
final class KvmRun implements VcpuExit {
    private static final VarHandle IMMEDIATE_EXIT = JAVA_BYTE.varHandle();

    private final MemorySegment page;

    private boolean write;
    private long address;
    private int size;
    private int count;
    private long data;

    KvmRun(MemorySegment page) {
        this.page = page;
    }

    /** The page itself, for what this view does not show. */
    MemorySegment page() {
        return page;
    }

    int exitReason() {
        return page.get(JAVA_INT, KvmRunLayout.EXIT_REASON);
    }

    /** What the exit is, of the kinds that are no device access. */
    ExitReason rareReason() {
        return switch (exitReason()) {
            case KvmExit.INTR -> ExitReason.INTERRUPTED;
            case KvmExit.HLT -> ExitReason.HALTED;
            case KvmExit.SHUTDOWN -> ExitReason.TRIPLE_FAULT;
            case KvmExit.FAIL_ENTRY -> ExitReason.ENTRY_FAILED;
            case KvmExit.INTERNAL_ERROR ->
                page.get(JAVA_INT, KvmRunLayout.INTERNAL_SUBERROR) == KvmExit.INTERNAL_ERROR_EMULATION
                        ? ExitReason.EMULATION_FAILED
                        : ExitReason.OTHER;
            case KvmExit.DEBUG -> ExitReason.DEBUG;
            case KvmExit.DIRTY_RING_FULL -> ExitReason.DIRTY_RING_FULL;
            case KvmExit.HYPERCALL -> ExitReason.HYPERCALL;
            case KvmExit.IOAPIC_EOI -> ExitReason.END_OF_INTERRUPT;
            case KvmExit.SYSTEM_EVENT -> systemEvent();
            default -> ExitReason.OTHER;
        };
    }

    private ExitReason systemEvent() {
        return switch (page.get(JAVA_INT, KvmRunLayout.SYSTEM_EVENT_TYPE)) {
            case KvmExit.SYSTEM_EVENT_SHUTDOWN -> ExitReason.SYSTEM_SHUTDOWN;
            case KvmExit.SYSTEM_EVENT_RESET -> ExitReason.SYSTEM_RESET;
            case KvmExit.SYSTEM_EVENT_CRASH -> ExitReason.SYSTEM_CRASH;
            default -> ExitReason.OTHER;
        };
    }

    /** Looks at the exit as one for a debugger. */
    DebugExit debugExit() {
        return new DebugExit(
                page.get(JAVA_INT, KvmRunLayout.DEBUG_EXCEPTION),
                page.get(JAVA_LONG, KvmRunLayout.DEBUG_PC),
                page.get(JAVA_LONG, KvmRunLayout.DEBUG_DR6));
    }

    /** Looks at the exit as the end of an interrupt. */
    int endOfInterrupt() {
        return Byte.toUnsignedInt(page.get(JAVA_BYTE, KvmRunLayout.EOI_VECTOR));
    }

    /** Looks at the exit as an access to a port. */
    void decodePio() {
        write = page.get(JAVA_BYTE, KvmRunLayout.IO_DIRECTION) == KvmExit.IO_OUT;
        address = Short.toUnsignedLong(page.get(JAVA_SHORT, KvmRunLayout.IO_PORT));
        size = page.get(JAVA_BYTE, KvmRunLayout.IO_SIZE);
        count = page.get(JAVA_INT, KvmRunLayout.IO_COUNT);
        data = page.get(JAVA_LONG, KvmRunLayout.IO_DATA_OFFSET);
    }

    /** Looks at the exit as an access to memory. */
    void decodeMmio() {
        write = page.get(JAVA_BYTE, KvmRunLayout.MMIO_IS_WRITE) != 0;
        address = page.get(JAVA_LONG, KvmRunLayout.MMIO_PHYS_ADDR);
        size = page.get(JAVA_INT, KvmRunLayout.MMIO_LEN);
        count = 1;
        data = KvmRunLayout.MMIO_DATA;
    }

    /** Has the next {@code KVM_RUN} return at once, after it completed the last access. Any thread. */
    void requestExit() {
        IMMEDIATE_EXIT.setVolatile(page, KvmRunLayout.IMMEDIATE_EXIT, (byte) 1);
    }

    /** Lets {@code KVM_RUN} enter the guest again. */
    void allowEntry() {
        IMMEDIATE_EXIT.setVolatile(page, KvmRunLayout.IMMEDIATE_EXIT, (byte) 0);
    }

    @Override
    public boolean isWrite() {
        return write;
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long data(int i) {
        long at = data + (long) i * size;
        return switch (size) {
            case 1 -> Byte.toUnsignedLong(page.get(JAVA_BYTE, at));
            case 2 -> Short.toUnsignedLong(page.get(JAVA_SHORT_UNALIGNED, at));
            case 4 -> Integer.toUnsignedLong(page.get(JAVA_INT_UNALIGNED, at));
            // Memory only, where the field has eight bytes: a part of an access that crosses into another page.
            default -> page.get(JAVA_LONG_UNALIGNED, at) & (-1L >>> (Long.SIZE - Byte.SIZE * size));
        };
    }

    @Override
    public void respond(int i, long value) {
        long at = data + (long) i * size;
        switch (size) {
            case 1 -> page.set(JAVA_BYTE, at, (byte) value);
            case 2 -> page.set(JAVA_SHORT_UNALIGNED, at, (short) value);
            case 4 -> page.set(JAVA_INT_UNALIGNED, at, (int) value);
            default -> page.set(JAVA_LONG_UNALIGNED, at, value);
        }
    }
}
