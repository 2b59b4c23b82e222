// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/** What a vCPU thread tells its VM. Called on that thread. */
interface VcpuEvents {
    /** The thread begins. */
    void onThreadStart(Vcpu vcpu);

    /** The vCPU has to be put into its power-on state. */
    void onPowerOn(Vcpu vcpu);

    /** The vCPU is about to go into the guest, after it was parked. */
    void onRun();

    /** An exit came that is no device access. */
    void onExit(Vcpu vcpu, ExitReason reason);

    /** The guest accessed an address with nothing behind it. */
    void onUnmapped(String space, VcpuExit exit);

    /** Host code threw: the thread is about to end. */
    void onFailure(Vcpu vcpu, Throwable cause);
}
