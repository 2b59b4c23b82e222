// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciCapability;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The capabilities that tell a driver where the registers are (VIRTIO 1.2, 4.1.4). */
final class PciCapabilities {
    /** The id and the link, which are no part of a body. */
    private static final int HEADER_SIZE = 2;

    private PciCapabilities() {}

    /** The common configuration. */
    static PciCapability common(AddressRange range) {
        return inRegisters(PciRegisters.COMMON_CFG, range);
    }

    /** The doorbells. */
    static PciCapability doorbells(AddressRange range) {
        byte[] body = body(PciRegisters.NOTIFY_CFG, Integer.BYTES);
        put(body, 0, range.base(), range.size());
        putInt(body, PciRegisters.CAP_MORE, PciRegisters.NOTIFY_OFF_MULTIPLIER);
        return PciCapability.readOnly(PciRegisters.VENDOR_CAPABILITY, body);
    }

    /** The ISR status: of the register that is there, one byte counts. */
    static PciCapability isr(AddressRange range) {
        return inRegisters(PciRegisters.ISR_CFG, range);
    }

    /** The device's configuration. */
    static PciCapability device(AddressRange range) {
        return inRegisters(PciRegisters.DEVICE_CFG, range);
    }

    /** A region of shared memory, with a BAR to itself. */
    static PciCapability sharedMemory(int region, int bar, long size) {
        byte[] body = body(PciRegisters.SHARED_MEMORY_CFG, 2 * Integer.BYTES);
        put(body, bar, 0, size);
        body[PciRegisters.CAP_ID] = (byte) region;
        putInt(body, PciRegisters.CAP_MORE + Integer.BYTES, (int) (size >>> Integer.SIZE));
        return PciCapability.readOnly(PciRegisters.VENDOR_CAPABILITY, body);
    }

    /** The window through which the driver reaches BARs by configuration space: it says which bytes. */
    static PciCapability access() {
        byte[] body = body(PciRegisters.PCI_CFG, Integer.BYTES);
        byte[] writable = new byte[body.length];
        writable[PciRegisters.CAP_BAR] = (byte) 0xff;
        Arrays.fill(writable, PciRegisters.CAP_OFFSET, writable.length, (byte) 0xff);
        return PciCapability.writable(PciRegisters.VENDOR_CAPABILITY, body, writable);
    }

    private static PciCapability inRegisters(int type, AddressRange range) {
        byte[] body = body(type, 0);
        put(body, 0, range.base(), range.size());
        return PciCapability.readOnly(PciRegisters.VENDOR_CAPABILITY, body);
    }

    private static byte[] body(int type, int more) {
        byte[] body = new byte[PciRegisters.CAP_MORE + more];
        body[PciRegisters.CAP_LENGTH] = (byte) (HEADER_SIZE + body.length);
        body[PciRegisters.CAP_TYPE] = (byte) type;
        return body;
    }

    private static void put(byte[] body, int bar, long offset, long size) {
        body[PciRegisters.CAP_BAR] = (byte) bar;
        putInt(body, PciRegisters.CAP_OFFSET, (int) offset);
        putInt(body, PciRegisters.CAP_REGION_LENGTH, (int) size);
    }

    private static void putInt(byte[] body, int at, int value) {
        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    }
}
