// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Starts bytes as they are: a few instructions, a boot sector, a program linked to an address. The embedder says where
 * they go and in which state the processor enters them; nothing tells the guest about the machine. Memory around them
 * is zero at power-on, and at a reset as the last run left it.
 *
 * <p>They go to {@link BootLayout#HIGH_MEMORY} and are entered at the first byte, in {@link CpuMode#LONG_64}, unless
 * said otherwise. They can go anywhere in RAM but onto tables of the board, which in {@link CpuMode#REAL_16} has none
 * in the way.
 *
 * <p>Immutable: each method returns another object. A file is opened at {@link #load}, each time.
 */
public final class FlatImage implements BootProtocol {
    private static final String SETTING = "kernel";

    /** What real mode can reach with a code segment and an offset in it. */
    private static final long REAL_MODE_END = 0x10_0000;

    private static final int SEGMENT_SHIFT = 4;
    private static final int OFFSET_MASK = 0xf;

    private final byte[] bytes;

    /** Where the bytes are instead, if they are in a file. */
    private final @Nullable Path file;

    private final long address;
    private final CpuMode mode;

    /** The state to start in, or null to start at the first byte. */
    private final @Nullable EntryState entry;

    private FlatImage(byte[] bytes, @Nullable Path file, long address, CpuMode mode, @Nullable EntryState entry) {
        this.bytes = bytes;
        this.file = file;
        this.address = address;
        this.mode = mode;
        this.entry = entry;
    }

    /** Begins with bytes, of which it takes a copy. */
    public static FlatImage of(byte[] image) {
        return new FlatImage(image.clone(), null, BootLayout.HIGH_MEMORY, CpuMode.LONG_64, null);
    }

    /** Begins with the content of a file. */
    public static FlatImage file(Path image) {
        return new FlatImage(new byte[0], image, BootLayout.HIGH_MEMORY, CpuMode.LONG_64, null);
    }

    /** Sets the guest-physical address of the first byte. */
    public FlatImage at(long gpa) {
        return new FlatImage(bytes, file, gpa, mode, entry);
    }

    /** Starts at the first byte, in a mode. */
    public FlatImage mode(CpuMode cpuMode) {
        return new FlatImage(bytes, file, address, cpuMode, null);
    }

    /** Starts in a state, wherever it points to. */
    public FlatImage start(EntryState state) {
        return new FlatImage(bytes, file, address, state.mode(), state);
    }

    @Override
    public EntryState load(BootContext context) {
        EntryState state = entry != null ? entry : atFirstByte();
        GuestMemory memory = context.memory();
        if (file == null) {
            check(context, bytes.length);
            memory.write(address, bytes);
            return state;
        }
        try (ImageFile image = ImageFile.open(SETTING, file)) {
            check(context, image.size());
            image.copy("content", 0, image.size(), memory, address);
            return state;
        }
    }

    private EntryState atFirstByte() {
        long end = mode == CpuMode.REAL_16 ? REAL_MODE_END : BootLayout.REACHABLE;
        if (address < 0 || address >= end) {
            throw problem("cannot be entered in " + mode + " [gpa=0x" + Long.toHexString(address)
                    + "]: load it below 0x" + Long.toHexString(end));
        }
        return switch (mode) {
            case REAL_16 -> EntryState.real16((int) (address >> SEGMENT_SHIFT), (int) address & OFFSET_MASK);
            case PROTECTED_32 -> EntryState.protected32(address);
            case LONG_64 -> EntryState.long64(address);
            case LONG_64_USER -> EntryState.user64(address);
        };
    }

    private void check(BootContext context, long size) {
        if (size == 0) {
            throw problem("is empty");
        }
        if (!context.memory().contains(address, size)) {
            throw problem("does not fit [gpa=0x" + Long.toHexString(address) + " size=0x" + Long.toHexString(size)
                    + "]: the machine has no RAM there");
        }
        AddressRange range = new AddressRange(address, size);
        if (mode != CpuMode.REAL_16) {
            checkClear(range, "descriptor tables", BootLayout.DESCRIPTOR_TABLES);
            checkClear(range, "page tables", BootLayout.PAGE_TABLES);
        }
        if (context.rsdp() != 0) {
            checkClear(range, "firmware tables", BootLayout.FIRMWARE_TABLES);
        }
    }

    private void checkClear(AddressRange range, String what, AddressRange tables) {
        if (range.overlaps(tables)) {
            throw problem("at " + range + " would overwrite the " + what + " at " + tables + ": load it elsewhere");
        }
    }

    private ConfigException problem(String text) {
        return new ConfigException(SETTING, describe() + " " + text);
    }

    @Override
    public String describe() {
        return file == null ? "flat image of " + bytes.length + " bytes" : "flat image " + file;
    }

    @Override
    public String toString() {
        return describe();
    }
}
