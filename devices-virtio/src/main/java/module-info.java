// SPDX-License-Identifier: Apache-2.0
/** Virtio queues, transports and devices. */
module io.microlith.virtio {
    requires transitive io.microlith.vmm;
    requires static transitive org.jspecify;
    requires jdk.jfr;
    requires org.slf4j;

    exports io.microlith.virtio;
    exports io.microlith.virtio.balloon;
    exports io.microlith.virtio.blk;
    exports io.microlith.virtio.console;
    exports io.microlith.virtio.limit;
    exports io.microlith.virtio.mmio;
    exports io.microlith.virtio.net;
    exports io.microlith.virtio.pci;
    exports io.microlith.virtio.pmem;
    exports io.microlith.virtio.queue;
    exports io.microlith.virtio.rng;
    exports io.microlith.virtio.setup;
    exports io.microlith.virtio.vsock;

    provides io.microlith.vmm.device.DeviceFactory with
            io.microlith.virtio.balloon.BalloonFactory,
            io.microlith.virtio.blk.BlkFactory,
            io.microlith.virtio.console.ConsoleFactory,
            io.microlith.virtio.net.NetFactory,
            io.microlith.virtio.pmem.PmemFactory,
            io.microlith.virtio.rng.RngFactory,
            io.microlith.virtio.vsock.VsockFactory;
}
