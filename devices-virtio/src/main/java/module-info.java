// SPDX-License-Identifier: Apache-2.0
/** Virtio queues, transports and devices. */
module io.microlith.virtio {
    requires transitive io.microlith.vmm;
    requires static transitive org.jspecify;
    requires jdk.jfr;
    requires org.slf4j;

    exports io.microlith.virtio;
    exports io.microlith.virtio.blk;
    exports io.microlith.virtio.limit;
    exports io.microlith.virtio.mmio;
    exports io.microlith.virtio.pci;
    exports io.microlith.virtio.queue;
    exports io.microlith.virtio.rng;
    exports io.microlith.virtio.setup;

    provides io.microlith.vmm.device.DeviceFactory with
            io.microlith.virtio.blk.BlkFactory,
            io.microlith.virtio.rng.RngFactory;
}
