// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.vmm.memory.GuestMemory;

/** ACPI tables as bytes for one place in guest memory. Immutable. */
public final class AcpiImage {
    private final long address;
    private final byte[] bytes;

    AcpiImage(long address, byte[] bytes) {
        this.address = address;
        this.bytes = bytes;
    }

    /** The guest-physical address the bytes are made for. */
    public long address() {
        return address;
    }

    /** The guest-physical address of the root pointer, to be handed to the guest or found by it. */
    public long rsdpAddress() {
        return address;
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Puts the tables into guest memory, at every power-on: the guest may have written over them. */
    public void writeTo(GuestMemory memory) {
        memory.write(address, bytes);
    }
}
