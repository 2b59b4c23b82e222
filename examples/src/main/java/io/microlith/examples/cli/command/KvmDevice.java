// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.command;

import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.abi.KvmCap;
import java.nio.file.Path;
import java.util.Set;

/**
 * The KVM that a command works with.
 *
 * @param path its device
 * @param hidden capabilities that it is taken to lack
 */
public record KvmDevice(Path path, Set<KvmCap> hidden) {
    /** Copies the set. */
    public KvmDevice {
        hidden = Set.copyOf(hidden);
    }

    /**
     * Opens it.
     *
     * @throws io.microlith.vmm.error.HypervisorException if it cannot be used
     */
    public KvmHypervisor open() {
        return KvmHypervisor.open(path, hidden);
    }
}
