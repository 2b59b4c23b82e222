// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.error.VmmException;

/** How a VM ended. */
public sealed interface VmOutcome {
    /** The status a process should end with that ran this VM and nothing else. */
    int exitStatus();

    /** The guest switched itself off. */
    record Shutdown() implements VmOutcome {
        @Override
        public int exitStatus() {
            return 0;
        }
    }

    /** The guest asked for a reset and the VM was configured to end then. */
    record Reset() implements VmOutcome {
        @Override
        public int exitStatus() {
            return 0;
        }
    }

    /**
     * The guest ended with a status of its own.
     *
     * @param status what the guest said
     */
    record Exited(int status) implements VmOutcome {
        @Override
        public int exitStatus() {
            return status;
        }
    }

    /**
     * The guest's kernel said that it cannot go on.
     *
     * @param message what is known of the reason
     */
    record Panicked(String message) implements VmOutcome {
        @Override
        public int exitStatus() {
            return 1;
        }
    }

    /**
     * A processor shut down.
     *
     * @param fault where
     */
    record TripleFault(VcpuFault fault) implements VmOutcome {
        @Override
        public int exitStatus() {
            return 1;
        }
    }

    /**
     * The hypervisor could not emulate an instruction of the guest.
     *
     * @param fault where, with the instruction's bytes
     */
    record EmulationFailed(VcpuFault fault) implements VmOutcome {
        @Override
        public int exitStatus() {
            return 1;
        }
    }

    /**
     * The guest caused an exit that nothing in the VM handles.
     *
     * @param fault which one, and where
     */
    record UnhandledExit(VcpuFault fault) implements VmOutcome {
        @Override
        public int exitStatus() {
            return 1;
        }
    }

    /** The embedder stopped the VM. */
    record Stopped() implements VmOutcome {
        @Override
        public int exitStatus() {
            return 0;
        }
    }

    /** The embedder interrupted the VM: a deadline, or a cancelled request. */
    record Interrupted() implements VmOutcome {
        @Override
        public int exitStatus() {
            return 1;
        }
    }

    /**
     * The host failed: the hypervisor, a backend, or the code of a device.
     *
     * @param cause what failed
     */
    record HostError(VmmException cause) implements VmOutcome {
        @Override
        public int exitStatus() {
            return 2;
        }
    }
}
