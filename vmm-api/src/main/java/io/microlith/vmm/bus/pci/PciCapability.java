// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import java.util.Arrays;

/**
 * An entry of the capability list: an id, and registers that the guest may change in part. Immutable.
 *
 * <p>The configuration space lays capabilities out one after the other, each from a multiple of four, and links them.
 * What a write to one means is up to the device, which sees every write before it hands it on.
 */
public final class PciCapability {
    /** The id and the link, which come before the body. */
    static final int HEADER_SIZE = 2;

    private final int id;
    private final byte[] body;
    private final byte[] writable;

    private PciCapability(int id, byte[] body, byte[] writable) {
        this.id = id;
        this.body = body;
        this.writable = writable;
    }

    /**
     * A capability the guest can only read.
     *
     * @param id 8 bits
     * @param body what follows the id and the link
     */
    public static PciCapability readOnly(int id, byte[] body) {
        return writable(id, body, new byte[body.length]);
    }

    /**
     * A capability the guest can write to.
     *
     * @param id 8 bits
     * @param body what follows the id and the link, at power-on
     * @param writable which bits of that the guest can change; as long as {@code body}
     */
    public static PciCapability writable(int id, byte[] body, byte[] writable) {
        if ((id & ~0xff) != 0 || body.length != writable.length) {
            throw new IllegalArgumentException("no PCI capability [id=" + id + " body=" + Arrays.toString(body)
                    + " writable=" + Arrays.toString(writable) + "]");
        }
        return new PciCapability(id, body.clone(), writable.clone());
    }

    /** What kind of capability it is. */
    public int id() {
        return id;
    }

    /** The number of bytes, id and link included. */
    public int size() {
        return HEADER_SIZE + body.length;
    }

    /** The byte at an offset in the body, at power-on. */
    int body(int offset) {
        return body[offset] & 0xff;
    }

    /** Which bits of it the guest can change. */
    int writable(int offset) {
        return writable[offset] & 0xff;
    }
}
