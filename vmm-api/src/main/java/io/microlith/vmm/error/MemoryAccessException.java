// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.error;

/** Host code asked for guest memory that is not there. Devices check first; see {@code GuestMemory.contains}. */
public final class MemoryAccessException extends VmmException {
    private static final long serialVersionUID = 1L;

    private final long gpa;
    private final long length;

    /** Makes an exception for {@code length} bytes at guest-physical address {@code gpa}. */
    public MemoryAccessException(long gpa, long length) {
        super("no guest memory [gpa=0x" + Long.toHexString(gpa) + " length=0x" + Long.toHexString(length) + "]");
        this.gpa = gpa;
        this.length = length;
    }

    /** The guest-physical address of the access. */
    public long gpa() {
        return gpa;
    }

    /** The length of the access in bytes. */
    public long length() {
        return length;
    }
}
