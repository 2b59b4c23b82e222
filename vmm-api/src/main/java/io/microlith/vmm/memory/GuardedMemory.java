// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Guest memory that something is done for before each access. What does nothing is that memory under another name. */
public abstract class GuardedMemory implements GuestMemory {
    private final GuestMemory memory;

    /** Of another memory, which has the content. */
    protected GuardedMemory(GuestMemory memory) {
        this.memory = memory;
    }

    /**
     * Called before bytes are read, written, or given out, on the thread that does it.
     *
     * @param gpa where, as the caller said it: perhaps no memory
     * @param length how many, likewise
     */
    protected void beforeAccess(long gpa, long length) {}

    /** The same of bytes that are written, or given out to somebody who may write them. */
    protected void beforeWrite(long gpa, long length) {
        beforeAccess(gpa, length);
    }

    @Override
    public List<GuestRegion> regions() {
        return memory.regions();
    }

    @Override
    public long size() {
        return memory.size();
    }

    @Override
    public boolean contains(long gpa, long length) {
        return memory.contains(gpa, length);
    }

    @Override
    public MemorySegment slice(long gpa, long length) {
        beforeWrite(gpa, length);
        return memory.slice(gpa, length);
    }

    @Override
    public MemorySegment view(long gpa, long length) {
        beforeAccess(gpa, length);
        return memory.view(gpa, length);
    }

    @Override
    public long hostAddress(long gpa, long length) {
        beforeWrite(gpa, length);
        return memory.hostAddress(gpa, length);
    }

    @Override
    public byte getByte(long gpa) {
        beforeAccess(gpa, 1);
        return memory.getByte(gpa);
    }

    @Override
    public short getShort(long gpa) {
        beforeAccess(gpa, Short.BYTES);
        return memory.getShort(gpa);
    }

    @Override
    public int getInt(long gpa) {
        beforeAccess(gpa, Integer.BYTES);
        return memory.getInt(gpa);
    }

    @Override
    public long getLong(long gpa) {
        beforeAccess(gpa, Long.BYTES);
        return memory.getLong(gpa);
    }

    @Override
    public void putByte(long gpa, byte value) {
        beforeWrite(gpa, 1);
        memory.putByte(gpa, value);
    }

    @Override
    public void putShort(long gpa, short value) {
        beforeWrite(gpa, Short.BYTES);
        memory.putShort(gpa, value);
    }

    @Override
    public void putInt(long gpa, int value) {
        beforeWrite(gpa, Integer.BYTES);
        memory.putInt(gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        beforeWrite(gpa, Long.BYTES);
        memory.putLong(gpa, value);
    }

    @Override
    public short loadShortAcquire(long gpa) {
        beforeAccess(gpa, Short.BYTES);
        return memory.loadShortAcquire(gpa);
    }

    @Override
    public void storeShortRelease(long gpa, short value) {
        beforeWrite(gpa, Short.BYTES);
        memory.storeShortRelease(gpa, value);
    }

    @Override
    public void read(long gpa, byte[] into, int offset, int length) {
        beforeAccess(gpa, length);
        memory.read(gpa, into, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        beforeWrite(gpa, length);
        memory.write(gpa, from, offset, length);
    }

    @Override
    public void read(long gpa, MemorySegment into, long offset, long length) {
        beforeAccess(gpa, length);
        memory.read(gpa, into, offset, length);
    }

    @Override
    public void write(long gpa, MemorySegment from, long offset, long length) {
        beforeWrite(gpa, length);
        memory.write(gpa, from, offset, length);
    }

    @Override
    public void zero(long gpa, long length) {
        beforeWrite(gpa, length);
        memory.zero(gpa, length);
    }

    @Override
    public int discard(long gpa, long length) {
        return memory.discard(gpa, length);
    }
}
