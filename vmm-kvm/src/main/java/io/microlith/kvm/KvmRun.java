// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.microlith.kvm.abi.KvmExit;
import io.microlith.kvm.abi.KvmRunLayout;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.VcpuExit;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The run page of a vCPU: the last device access in it, and the flag that keeps the vCPU out of the guest.
 *
 * <p>The kernel writes it during {@code KVM_RUN} and reads the answer at the start of the next one. The guest cannot
 * reach it, so what stands in it is believed.
 *
 * <p>What every exit needs is read through a buffer: once compiled it costs the same, and in the interpreter, where a
 * machine that has just started runs, a quarter of what a segment does.
 */
final class KvmRun implements VcpuExit {
    private static final VarHandle IMMEDIATE_EXIT = JAVA_BYTE.varHandle();

    private final MemorySegment page;
    private final ByteBuffer fields;

    private boolean write;
    private long address;
    private int size;
    private int count;
    private int data;

    KvmRun(MemorySegment page) {
        this.page = page;
        fields = page.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** The page itself, for what this view does not show. */
    MemorySegment page() {
        return page;
    }

    int exitReason() {
        return fields.getInt(KvmRunLayout.EXIT_REASON);
    }

    /** What the exit is, of the kinds that are no device access. */
    ExitReason rareReason() {
        return switch (exitReason()) {
            case KvmExit.INTR -> ExitReason.INTERRUPTED;
            case KvmExit.HLT -> ExitReason.HALTED;
            case KvmExit.SHUTDOWN -> ExitReason.TRIPLE_FAULT;
            case KvmExit.FAIL_ENTRY -> ExitReason.ENTRY_FAILED;
            case KvmExit.INTERNAL_ERROR ->
                fields.getInt(KvmRunLayout.INTERNAL_SUBERROR) == KvmExit.INTERNAL_ERROR_EMULATION
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
        return switch (fields.getInt(KvmRunLayout.SYSTEM_EVENT_TYPE)) {
            case KvmExit.SYSTEM_EVENT_SHUTDOWN -> ExitReason.SYSTEM_SHUTDOWN;
            case KvmExit.SYSTEM_EVENT_RESET -> ExitReason.SYSTEM_RESET;
            case KvmExit.SYSTEM_EVENT_CRASH -> ExitReason.SYSTEM_CRASH;
            default -> ExitReason.OTHER;
        };
    }

    /** Looks at the exit as one for a debugger. */
    DebugExit debugExit() {
        return new DebugExit(
                fields.getInt(KvmRunLayout.DEBUG_EXCEPTION),
                fields.getLong(KvmRunLayout.DEBUG_PC),
                fields.getLong(KvmRunLayout.DEBUG_DR6));
    }

    /** Looks at the exit as the end of an interrupt. */
    int endOfInterrupt() {
        return Byte.toUnsignedInt(fields.get(KvmRunLayout.EOI_VECTOR));
    }

    /** Looks at the exit as an access to a port. */
    void decodePio() {
        write = fields.get(KvmRunLayout.IO_DIRECTION) == KvmExit.IO_OUT;
        address = Short.toUnsignedLong(fields.getShort(KvmRunLayout.IO_PORT));
        size = fields.get(KvmRunLayout.IO_SIZE);
        count = fields.getInt(KvmRunLayout.IO_COUNT);
        // Within the mapping, whose size is an int.
        data = (int) fields.getLong(KvmRunLayout.IO_DATA_OFFSET);
    }

    /** Looks at the exit as an access to memory. */
    void decodeMmio() {
        write = fields.get(KvmRunLayout.MMIO_IS_WRITE) != 0;
        address = fields.getLong(KvmRunLayout.MMIO_PHYS_ADDR);
        size = fields.getInt(KvmRunLayout.MMIO_LEN);
        count = 1;
        data = KvmRunLayout.MMIO_DATA;
    }

    /** Has the next {@code KVM_RUN} return at once, after it completed the last access. Any thread. */
    void requestExit() {
        IMMEDIATE_EXIT.setVolatile(page, (long) KvmRunLayout.IMMEDIATE_EXIT, (byte) 1);
    }

    /** Lets {@code KVM_RUN} enter the guest again. */
    void allowEntry() {
        IMMEDIATE_EXIT.setVolatile(page, (long) KvmRunLayout.IMMEDIATE_EXIT, (byte) 0);
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
        int at = data + i * size;
        return switch (size) {
            case 1 -> Byte.toUnsignedLong(fields.get(at));
            case 2 -> Short.toUnsignedLong(fields.getShort(at));
            case 4 -> Integer.toUnsignedLong(fields.getInt(at));
            // Memory only, where the field has eight bytes: a part of an access that crosses into another page.
            default -> fields.getLong(at) & (-1L >>> (Long.SIZE - Byte.SIZE * size));
        };
    }

    @Override
    public void respond(int i, long value) {
        int at = data + i * size;
        switch (size) {
            case 1 -> fields.put(at, (byte) value);
            case 2 -> fields.putShort(at, (short) value);
            case 4 -> fields.putInt(at, (int) value);
            default -> fields.putLong(at, value);
        }
    }
}
