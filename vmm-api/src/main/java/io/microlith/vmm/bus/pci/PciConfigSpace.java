// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.Snapshotable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The 256 bytes of configuration space of a function with a header of type 0, for a {@link PciDevice} to delegate to
 * (PCI Local Bus 3.0, chapter 6).
 *
 * <p>The guest changes the bits it may change: decoding and bus mastering in the command register, the addresses of the
 * BARs (so that writing all ones tells their size), cache line size, interrupt line, and what capabilities leave open.
 * A BAR answers while the command register lets its kind decode and its address is not zero; whoever {@link #connect}s
 * hears of it.
 *
 * <p>Any thread; accesses are taken one at a time.
 */
public final class PciConfigSpace implements Snapshotable<PciConfigState> {
    /** The number of bytes. */
    public static final int SIZE = 256;

    private static final int COMMAND = 0x04;
    private static final int CACHE_LINE_SIZE = 0x0c;
    private static final int FIRST_BAR = 0x10;
    private static final int SUBSYSTEM = 0x2c;
    private static final int CAPABILITIES = 0x34;
    private static final int INTERRUPT = 0x3c;

    private static final int DECODE_PORTS = 1;
    private static final int DECODE_MEMORY = 1 << 1;
    private static final int BUS_MASTER = 1 << 2;
    private static final int PARITY_RESPONSE = 1 << 6;
    private static final int SYSTEM_ERROR = 1 << 8;
    private static final int INTERRUPT_DISABLE = 1 << 10;
    private static final int INTERRUPT_STATUS = 1 << 19;
    private static final int CAPABILITY_LIST = 1 << 20;

    private final PciHeader header;
    private final int[] initial = new int[SIZE / 4];
    private final int[] writable = new int[SIZE / 4];
    private final int[] registers;
    private final Map<PciBar, AddressRange> mappings = new HashMap<>();
    private @Nullable PciBarListener listener;

    /** Makes one as it is at power-on. */
    public PciConfigSpace(PciHeader header) {
        this.header = header;
        layOut();
        registers = initial.clone();
    }

    /**
     * Makes one as it was when it was saved.
     *
     * @throws InvalidStateException if the state differs where neither the guest nor the device can have changed it
     */
    public PciConfigSpace(PciHeader header, PciConfigState state) {
        this.header = header;
        layOut();
        registers = restored(state);
        decode();
    }

    /**
     * Tells a listener of the BARs that are mapped now, and of each change from now on. To be called once, when the
     * device is ready to hear of it.
     */
    public synchronized void connect(PciBarListener newListener) {
        if (listener != null) {
            throw new IllegalStateException("there is a listener already");
        }
        listener = newListener;
        header.bars().forEach(bar -> mapping(bar).ifPresent(range -> newListener.mapped(bar, range)));
    }

    /** Reads, as {@link PciDevice#readConfig}. */
    public synchronized int read(int offset, int size) {
        if (offset >= SIZE) {
            return (int) mask(size);
        }
        return (int) ((registers[offset / 4] >>> shift(offset)) & mask(size));
    }

    /** Writes, as {@link PciDevice#writeConfig}. */
    public synchronized void write(int offset, int size, int value) {
        if (offset >= SIZE) {
            return;
        }
        int index = offset / 4;
        int changed = writable[index] & ((int) mask(size) << shift(offset));
        registers[index] = (registers[index] & ~changed) | (value << shift(offset) & changed);
        if (index == COMMAND / 4 || (index >= FIRST_BAR / 4 && index < FIRST_BAR / 4 + PciBar.COUNT)) {
            decode();
        }
    }

    /** Puts everything back to what it is at power-on. */
    public synchronized void reset() {
        System.arraycopy(initial, 0, registers, 0, registers.length);
        decode();
    }

    /** Where a BAR answers now, or empty if it does not. */
    public synchronized Optional<AddressRange> mapping(PciBar bar) {
        return Optional.ofNullable(mappings.get(bar));
    }

    /** Where the first capability of a kind is, or empty if there is none. */
    public OptionalInt capability(int capabilityId) {
        for (int i = 0; i < header.capabilities().size(); i++) {
            if (header.capabilities().get(i).id() == capabilityId) {
                return OptionalInt.of(header.offsetOf(i));
            }
        }
        return OptionalInt.empty();
    }

    /** Whether the guest lets the function reach memory and raise message-signalled interrupts. */
    public synchronized boolean isBusMaster() {
        return (registers[COMMAND / 4] & BUS_MASTER) != 0;
    }

    /** Whether the guest forbids the function to raise its interrupt pin. */
    public synchronized boolean isInterruptDisabled() {
        return (registers[COMMAND / 4] & INTERRUPT_DISABLE) != 0;
    }

    /** Shows in the status register whether the function wants to raise its interrupt pin. */
    public synchronized void setInterruptStatus(boolean pending) {
        int others = registers[COMMAND / 4] & ~INTERRUPT_STATUS;
        registers[COMMAND / 4] = pending ? others | INTERRUPT_STATUS : others;
    }

    @Override
    public synchronized PciConfigState save() {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(registers);
        return new PciConfigState(ByteString.of(bytes.array()));
    }

    private void layOut() {
        PciIdentity identity = header.identity();
        initial[0] = identity.vendor() | identity.device() << 16;
        initial[2] = identity.revision() | identity.classCode() << 8;
        initial[SUBSYSTEM / 4] = identity.subsystemVendor() | identity.subsystem() << 16;
        initial[INTERRUPT / 4] = header.pin().number() << 8;
        writable[INTERRUPT / 4] = 0xff;
        writable[CACHE_LINE_SIZE / 4] = 0xff;
        writable[COMMAND / 4] = BUS_MASTER | PARITY_RESPONSE | SYSTEM_ERROR | INTERRUPT_DISABLE;
        header.bars().forEach(this::layOut);
        for (int i = 0; i < header.capabilities().size(); i++) {
            layOutCapability(i);
        }
    }

    private void layOut(PciBar bar) {
        int index = FIRST_BAR / 4 + bar.index();
        initial[index] = bar.kind().typeBits();
        writable[index] = (int) bar.addressMask();
        if (bar.kind().isWide()) {
            writable[index + 1] = (int) (bar.addressMask() >> 32);
        }
        writable[COMMAND / 4] |= decodeBit(bar);
    }

    private void layOutCapability(int index) {
        PciCapability capability = header.capabilities().get(index);
        int offset = header.offsetOf(index);
        boolean last = index == header.capabilities().size() - 1;
        put(initial, offset, capability.id());
        put(initial, offset + 1, last ? 0 : header.offsetOf(index + 1));
        int body = offset + PciCapability.HEADER_SIZE;
        for (int i = 0; i < capability.size() - PciCapability.HEADER_SIZE; i++) {
            put(initial, body + i, capability.body(i));
            put(writable, body + i, capability.writable(i));
        }
        initial[CAPABILITIES / 4] = header.offsetOf(0);
        initial[COMMAND / 4] |= CAPABILITY_LIST;
    }

    private int[] restored(PciConfigState state) {
        state.check();
        int[] saved = new int[SIZE / 4];
        ByteBuffer.wrap(state.registers().toByteArray())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(saved);
        for (int i = 0; i < saved.length; i++) {
            int changeable = i == COMMAND / 4 ? writable[i] | INTERRUPT_STATUS : writable[i];
            if (((saved[i] ^ initial[i]) & ~changeable) != 0) {
                throw new InvalidStateException(
                        "PciConfigState.registers",
                        "0x%08x at 0x%02x".formatted(saved[i], 4 * i),
                        "0x%08x except for the bits 0x%08x".formatted(initial[i], changeable));
            }
        }
        return saved;
    }

    /** Brings what is mapped in line with the registers. What moves is unmapped before anything is mapped. */
    private void decode() {
        Map<PciBar, AddressRange> wanted = new HashMap<>();
        for (PciBar bar : header.bars()) {
            AddressRange range = decoded(bar);
            if (range != null) {
                wanted.put(bar, range);
            }
        }
        if (wanted.equals(mappings)) {
            return;
        }
        for (PciBar bar : header.bars()) {
            if (!Objects.equals(wanted.get(bar), mappings.get(bar))) {
                unmap(bar);
            }
        }
        for (PciBar bar : header.bars()) {
            if (!mappings.containsKey(bar)) {
                map(bar, wanted.get(bar));
            }
        }
    }

    private void unmap(PciBar bar) {
        AddressRange range = mappings.remove(bar);
        if (range != null && listener != null) {
            listener.unmapped(bar, range);
        }
    }

    private void map(PciBar bar, @Nullable AddressRange range) {
        if (range == null) {
            return;
        }
        mappings.put(bar, range);
        if (listener != null) {
            listener.mapped(bar, range);
        }
    }

    private @Nullable AddressRange decoded(PciBar bar) {
        int index = FIRST_BAR / 4 + bar.index();
        long address = Integer.toUnsignedLong(registers[index]);
        if (bar.kind().isWide()) {
            address |= (long) registers[index + 1] << 32;
        }
        address &= bar.addressMask();
        boolean decodes = (registers[COMMAND / 4] & decodeBit(bar)) != 0;
        return decodes && address > 0 ? new AddressRange(address, bar.size()) : null;
    }

    private static int decodeBit(PciBar bar) {
        return bar.kind() == PciBar.Kind.PORTS ? DECODE_PORTS : DECODE_MEMORY;
    }

    private static void put(int[] words, int offset, int value) {
        words[offset / 4] |= value << shift(offset);
    }

    private static int shift(int offset) {
        return 8 * (offset % 4);
    }

    private static long mask(int size) {
        return (1L << (8 * size)) - 1;
    }
}
