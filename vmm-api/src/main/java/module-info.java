// SPDX-License-Identifier: Apache-2.0
/** Interfaces of the SDK, guest memory, buses, event loops and the Linux native layer. */
module io.microlith.vmm {
    requires static transitive org.jspecify;
    requires static dagger;
    requires static jakarta.inject;
    requires jdk.jfr;
    requires org.slf4j;

    exports io.microlith.linux;
    exports io.microlith.vmm;
    exports io.microlith.vmm.bus;
    exports io.microlith.vmm.bus.pci;
    exports io.microlith.vmm.dagger;
    exports io.microlith.vmm.device;
    exports io.microlith.vmm.device.pci;
    exports io.microlith.vmm.error;
    exports io.microlith.vmm.event;
    exports io.microlith.vmm.memory;
    exports io.microlith.vmm.state;
    exports io.microlith.vmm.stream;

    uses io.microlith.vmm.Board;
    uses io.microlith.vmm.HypervisorProvider;
    uses io.microlith.vmm.RestorationProvider;
    uses io.microlith.vmm.device.DeviceFactory;
}
