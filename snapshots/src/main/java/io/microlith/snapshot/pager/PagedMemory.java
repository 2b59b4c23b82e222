// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Guest memory in a pager's care, for Java code: each access brings what it is about to touch.
 *
 * <p>A page that {@link #slice} or {@link #hostAddress} gave out stays there, even if the guest gives it back: then the
 * kernel has zeros for it.
 */
public final class PagedMemory implements GuestMemory {
    private final GuestMemory memory;
    private final Pager pager;

    /** Memory in the care of a pager that was started. */
    public PagedMemory(GuestMemory memory, Pager pager) {
        this.memory = memory;
        this.pager = pager;
    }

    /** Where it is. The segments of these regions may have pages missing, which Java code must not touch. */
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
        pager.require(gpa, length);
        return memory.slice(gpa, length);
    }

    @Override
    public long hostAddress(long gpa, long length) {
        pager.require(gpa, length);
        return memory.hostAddress(gpa, length);
    }

    @Override
    public byte getByte(long gpa) {
        pager.require(gpa, 1);
        return memory.getByte(gpa);
    }

    @Override
    public short getShort(long gpa) {
        pager.require(gpa, Short.BYTES);
        return memory.getShort(gpa);
    }

    @Override
    public int getInt(long gpa) {
        pager.require(gpa, Integer.BYTES);
        return memory.getInt(gpa);
    }

    @Override
    public long getLong(long gpa) {
        pager.require(gpa, Long.BYTES);
        return memory.getLong(gpa);
    }

    @Override
    public void putByte(long gpa, byte value) {
        pager.require(gpa, 1);
        memory.putByte(gpa, value);
    }

    @Override
    public void putShort(long gpa, short value) {
        pager.require(gpa, Short.BYTES);
        memory.putShort(gpa, value);
    }

    @Override
    public void putInt(long gpa, int value) {
        pager.require(gpa, Integer.BYTES);
        memory.putInt(gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        pager.require(gpa, Long.BYTES);
        memory.putLong(gpa, value);
    }

    @Override
    public short loadShortAcquire(long gpa) {
        pager.require(gpa, Short.BYTES);
        return memory.loadShortAcquire(gpa);
    }

    @Override
    public void storeShortRelease(long gpa, short value) {
        pager.require(gpa, Short.BYTES);
        memory.storeShortRelease(gpa, value);
    }

    @Override
    public void read(long gpa, byte[] into, int offset, int length) {
        pager.require(gpa, length);
        memory.read(gpa, into, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        pager.require(gpa, length);
        memory.write(gpa, from, offset, length);
    }

    @Override
    public void read(long gpa, MemorySegment into, long offset, long length) {
        pager.require(gpa, length);
        memory.read(gpa, into, offset, length);
    }

    @Override
    public void write(long gpa, MemorySegment from, long offset, long length) {
        pager.require(gpa, length);
        memory.write(gpa, from, offset, length);
    }

    @Override
    public void zero(long gpa, long length) {
        pager.require(gpa, length);
        memory.zero(gpa, length);
    }

    @Override
    public int discard(long gpa, long length) {
        if ((gpa | length) % Pager.PAGE == 0 && length > 0 && memory.contains(gpa, length)) {
            pager.forgo(gpa, length);
        }
        return memory.discard(gpa, length);
    }
}
