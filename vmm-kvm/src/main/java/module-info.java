/** KVM as a hypervisor, and the x86 board. */
module io.microlith.kvm {
    requires transitive io.microlith.vmm;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.microlith.kvm;
    exports io.microlith.kvm.abi;

    provides io.microlith.vmm.HypervisorProvider with
            io.microlith.kvm.KvmProvider;
}
