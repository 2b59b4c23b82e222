// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.MmioDevice;

/**
 * Memory-mapped configuration space: one MiB a bus, 4096 bytes a function (PCI Express Base 4.0, section 7.2.2).
 *
 * <p>Any offset, size and alignment is answered, byte by byte where it is not natural. Any thread.
 */
final class EcamWindow implements MmioDevice {
    private final PciSegment segment;

    EcamWindow(PciSegment segment) {
        this.segment = segment;
    }

    @Override
    public long read(long offset, int size) {
        return segment.read(offset, size);
    }

    @Override
    public void write(long offset, int size, long value) {
        segment.write(offset, size, value);
    }
}
