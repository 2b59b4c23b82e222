// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The guest's RAM as devices and loaders use it, by guest-physical address (gpa).
 *
 * <p>Values are little-endian and need no alignment, except where a method says so. Any thread may use it; accesses
 * race with the guest's, which may change any byte at any time: read a value once into a local, check the local, use
 * the local.
 *
 * <p>An access outside RAM throws {@link io.microlith.vmm.error.MemoryAccessException}. Where the guest chose the
 * address, ask {@link #contains} first and answer with an error of the device's own. The memory lives until its VM is
 * closed; an access after that throws {@link IllegalStateException}.
 */
public interface GuestMemory {
    /** The regions by address. They do not overlap. */
    List<GuestRegion> regions();

    /** The bytes of all regions together. */
    long size();

    /** Whether {@code length} bytes at {@code gpa} are RAM, within one region. A negative length is never contained. */
    boolean contains(long gpa, long length);

    /**
     * The memory itself, for bulk work without a copy.
     *
     * @return a view of {@code length} bytes that lives as long as the VM's memory
     */
    MemorySegment slice(long gpa, long length);

    /**
     * The memory itself for reading, without a copy: who only reads asks for this, so that nobody takes it for written.
     *
     * @return a read-only view of {@code length} bytes that lives as long as the VM's memory
     */
    MemorySegment view(long gpa, long length);

    /**
     * Where the memory is in this process, for system calls that are to read or write it. Java code never uses the
     * number as an address. Good as long as the VM's memory is.
     */
    long hostAddress(long gpa, long length);

    /** Reads a byte. */
    byte getByte(long gpa);

    /** Reads two bytes. */
    short getShort(long gpa);

    /** Reads four bytes. */
    int getInt(long gpa);

    /** Reads eight bytes. */
    long getLong(long gpa);

    /** Writes a byte. */
    void putByte(long gpa, byte value);

    /** Writes two bytes. */
    void putShort(long gpa, short value);

    /** Writes four bytes. */
    void putInt(long gpa, int value);

    /** Writes eight bytes. */
    void putLong(long gpa, long value);

    /**
     * Reads two bytes; no later access of this thread is made before it.
     *
     * @param gpa a multiple of 2, else {@link IllegalArgumentException}
     */
    short loadShortAcquire(long gpa);

    /**
     * Writes two bytes; no earlier access of this thread is made after it.
     *
     * @param gpa a multiple of 2, else {@link IllegalArgumentException}
     */
    void storeShortRelease(long gpa, short value);

    /** Copies from guest memory into an array. */
    void read(long gpa, byte[] into, int offset, int length);

    /** Copies from an array into guest memory. */
    void write(long gpa, byte[] from, int offset, int length);

    /** Copies a whole array into guest memory. */
    default void write(long gpa, byte[] from) {
        write(gpa, from, 0, from.length);
    }

    /** Copies from guest memory into a segment of this process's own memory. Allocates nothing. */
    void read(long gpa, MemorySegment into, long offset, long length);

    /** Copies from a segment of this process's own memory into guest memory. Allocates nothing. */
    void write(long gpa, MemorySegment from, long offset, long length);

    /** Sets {@code length} bytes to zero. */
    void zero(long gpa, long length);

    /**
     * Gives pages back to the host: they read as zero after that, and cost nothing until they are touched again. Pages
     * of the host that are only partly in the range stay as they are; those are of 4 KiB, or of 2 MiB for
     * {@link PageBacking#HUGE_2M}. Others may use the memory meanwhile: they find what was there, or zero. Allocates
     * nothing.
     *
     * @param gpa a multiple of 4096, else {@link IllegalArgumentException}
     * @param length bytes, a multiple of 4096 likewise
     * @return 0, or a negative error number ({@link io.microlith.linux.Errno}) if the host keeps its pages
     */
    int discard(long gpa, long length);
}
