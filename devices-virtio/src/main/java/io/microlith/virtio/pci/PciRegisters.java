// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

/** Numbers of virtio over PCI, by the names of VIRTIO 1.2, 4.1. */
final class PciRegisters {
    static final int VENDOR = 0x1af4;
    /** The device id of device type 0. */
    static final int FIRST_DEVICE = 0x1040;
    /** The revision that is not the legacy one. */
    static final int REVISION = 1;

    /** The id of a vendor-specific capability. */
    static final int VENDOR_CAPABILITY = 0x09;

    // Types of capabilities (4.1.4).
    static final int COMMON_CFG = 1;
    static final int NOTIFY_CFG = 2;
    static final int ISR_CFG = 3;
    static final int DEVICE_CFG = 4;
    static final int PCI_CFG = 5;
    static final int SHARED_MEMORY_CFG = 8;

    // Fields of a capability, after its id and link.
    static final int CAP_LENGTH = 0;
    static final int CAP_TYPE = 1;
    static final int CAP_BAR = 2;
    static final int CAP_ID = 3;
    static final int CAP_OFFSET = 6;
    static final int CAP_REGION_LENGTH = 10;
    /** What only some types have. */
    static final int CAP_MORE = 14;

    // The common configuration (4.1.4.3). Fields of 32 bits, or of 64 in two halves.
    static final int DEVICE_FEATURE_SELECT = 0x00;
    static final int DEVICE_FEATURE = 0x04;
    static final int DRIVER_FEATURE_SELECT = 0x08;
    static final int DRIVER_FEATURE = 0x0c;
    static final int QUEUE_DESC = 0x20;
    static final int QUEUE_DRIVER = 0x28;
    static final int QUEUE_DEVICE = 0x30;
    // Of 16 bits.
    static final int CONFIG_MSIX_VECTOR = 0x10;
    static final int NUM_QUEUES = 0x12;
    static final int QUEUE_SELECT = 0x16;
    static final int QUEUE_SIZE = 0x18;
    static final int QUEUE_MSIX_VECTOR = 0x1a;
    static final int QUEUE_ENABLE = 0x1c;
    static final int QUEUE_NOTIFY_OFF = 0x1e;
    static final int QUEUE_NOTIFY_DATA = 0x38;
    static final int QUEUE_RESET = 0x3a;
    // Of 8 bits.
    static final int DEVICE_STATUS = 0x14;
    static final int CONFIG_GENERATION = 0x15;

    static final int COMMON_SIZE = 0x3c;

    /** Bytes from one queue's doorbell to the next. */
    static final int NOTIFY_OFF_MULTIPLIER = 4;

    /** An event that raises no message-signalled interrupt. */
    static final int NO_VECTOR = 0xffff;

    /** ISR status: chains were given back. */
    static final int QUEUE_INTERRUPT = 1;
    /** ISR status: the configuration or the device status changed. */
    static final int CONFIG_INTERRUPT = 2;

    static final int ISR_MASK = QUEUE_INTERRUPT | CONFIG_INTERRUPT;

    private PciRegisters() {}
}
