// SPDX-License-Identifier: Apache-2.0
/** KVM as a hypervisor, and the x86 board. */
module io.microlith.kvm {
    requires static dagger;
    requires transitive io.microlith.vmm;
    requires static jakarta.inject;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.microlith.board;
    exports io.microlith.board.acpi;
    exports io.microlith.board.boot;
    exports io.microlith.board.cpu;
    exports io.microlith.board.dagger;
    exports io.microlith.board.generation;
    exports io.microlith.board.legacy;
    exports io.microlith.board.pci;
    exports io.microlith.board.state;
    exports io.microlith.kvm;
    exports io.microlith.kvm.abi;
    exports io.microlith.kvm.dagger;

    provides io.microlith.vmm.Board with
            io.microlith.board.PcBoard;
    provides io.microlith.vmm.HypervisorProvider with
            io.microlith.kvm.KvmProvider;
    provides io.microlith.vmm.device.DeviceFactory with
            io.microlith.board.legacy.SerialFactory;
}
