// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.Capability;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.HypervisorVm;
import io.microlith.vmm.error.HypervisorException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A hypervisor without a host: its vCPUs make the exits a test gives them. With {@link FakeBoard} it tests devices,
 * listeners and run control with no {@code /dev/kvm}. Any thread.
 */
public final class FakeHypervisor implements Hypervisor {
    private static final int MAX_VCPUS = 16;

    private final Set<Capability> capabilities;
    private final Violations violations = new Violations();
    private final List<FakeHypervisorVm> vms = new CopyOnWriteArrayList<>();
    private volatile String failing = "";

    private FakeHypervisor(Set<Capability> capabilities) {
        this.capabilities = capabilities;
    }

    /** A hypervisor with the given capabilities and no others. */
    public static FakeHypervisor with(Capability... capabilities) {
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        set.addAll(List.of(capabilities));
        return new FakeHypervisor(set);
    }

    /**
     * Has a call fail with a {@link HypervisorException}.
     *
     * @param call {@code createVm}, or {@code createVcpu} and an index; an empty string for none
     */
    public FakeHypervisor failAt(String call) {
        failing = call;
        return this;
    }

    void mayFail(String call) {
        if (call.equals(failing)) {
            throw new HypervisorException(call + " failed, as the test wanted");
        }
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public boolean supports(Capability capability) {
        return capabilities.contains(capability);
    }

    @Override
    public int maxVcpus() {
        return MAX_VCPUS;
    }

    @Override
    public HypervisorVm createVm(String id) {
        mayFail("createVm");
        FakeHypervisorVm vm = new FakeHypervisorVm(id, this);
        vms.add(vm);
        return vm;
    }

    /** The VMs made so far, in order. */
    public List<FakeHypervisorVm> vms() {
        return List.copyOf(vms);
    }

    /** The VM made last. */
    public FakeHypervisorVm vm() {
        return vms.getLast();
    }

    /** What was done against the contracts of {@link HypervisorVm} and {@link io.microlith.vmm.Vcpu}, in order. */
    public List<String> violations() {
        return violations.found();
    }

    Violations violationsFound() {
        return violations;
    }

    /** Checks that no contract was violated and every VM was closed. */
    public void assertClean() {
        if (!violations().isEmpty()) {
            throw new AssertionError("contracts were violated: " + violations());
        }
        List<String> open = vms.stream()
                .filter(vm -> !vm.isClosed())
                .map(FakeHypervisorVm::id)
                .toList();
        if (!open.isEmpty()) {
            throw new AssertionError("VMs were not closed: " + open);
        }
    }

    @Override
    public void close() {
        // VMs outlive their hypervisor.
    }
}
