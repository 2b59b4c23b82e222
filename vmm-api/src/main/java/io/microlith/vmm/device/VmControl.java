// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

/**
 * What a device can make of the whole machine when its guest asks for it. Any thread; returns at once, and the vCPUs
 * stop soon after. The first request to end the VM wins.
 */
public interface VmControl {
    /** The guest switched itself off. */
    void shutdown();

    /** The guest wants to start again from power-on. */
    void reset();

    /** The guest ended with a status of its own. */
    void exit(int status);

    /** The guest's kernel said that it cannot go on. */
    void panicked(String message);

    /** The guest said that it has done what it was started for: see {@link io.microlith.vmm.Vm#responded}. */
    void responded();

    /** The device cannot go on, for a reason on the host's side: the VM ends with it. */
    void fail(RuntimeException cause);
}
