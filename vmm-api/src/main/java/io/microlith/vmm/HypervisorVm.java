// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.MsiRoute;
import io.microlith.vmm.event.MsiVector;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.util.Optional;

/**
 * A virtual machine as the hypervisor knows it: memory, vCPUs and interrupts, without a board around them. {@link Vm}
 * is the machine that an embedder runs.
 *
 * <p>Any thread may use it. Failures of the host throw {@link io.microlith.vmm.error.HypervisorException}.
 */
public interface HypervisorVm extends AutoCloseable {
    /** The VM's name. */
    String id();

    /** Gives the guest its RAM: once, before the first vCPU runs. The memory outlives this object. */
    void attachMemory(GuestMemory memory);

    /**
     * Has the pages of RAM noted that the guest writes, from now on. Once, with memory attached and before the first
     * vCPU is made.
     *
     * @param how one that notes them
     * @return what they are taken from; nothing if the host cannot do that
     */
    default Optional<WriteLog> trackWrites(WriteTracking how) {
        return Optional.empty();
    }

    /**
     * Shows the guest more memory: whole pages, which overlap nothing. The memory outlives the registration.
     *
     * @return to be closed to take it away from the guest again
     */
    Registration mapMemory(GuestRegion region);

    /**
     * Shows the guest memory that it cannot change, as {@link #mapMemory} shows what it can. What it writes there is an
     * exit.
     *
     * @return to be closed to take it away from the guest again
     */
    Registration mapReadOnlyMemory(GuestRegion region);

    /**
     * Makes a vCPU.
     *
     * @param index its number, from 0; the first one boots
     */
    Vcpu createVcpu(int index);

    /**
     * A line to an input of the VM's interrupt controller. Who shares a level-triggered input has a line each: the
     * input is high while any of them is.
     */
    InterruptLine interruptLine(int gsi);

    /** A message-signalled interrupt. */
    MsiVector msiVector(long address, int data);

    /** Makes a message-signalled interrupt whose message changes. Closed before the VM. */
    MsiRoute msiRoute();

    /** Rings a notifier on guest writes. Needs {@link Capability#IO_EVENT}. */
    Registration bind(IoEvent event, Notifier notifier);

    /** Raises an edge-triggered input when a notifier is rung. Needs {@link Capability#INTERRUPT_EVENT}. */
    Registration bind(int gsi, Notifier notifier);

    /** Ends the VM. Its vCPUs are closed before. */
    @Override
    void close();
}
