// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.HypervisorException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;

/**
 * A host's ability to run virtual machines. Any thread may use it. VMs made with it outlive its closing.
 *
 * <p>Most embedders only hand it to {@link VmBuilder#on}.
 */
public interface Hypervisor extends AutoCloseable {
    /**
     * Opens the first hypervisor on the module or class path that this host can run.
     *
     * @throws HypervisorException if there is none, saying why each of them could not be opened
     * @throws io.microlith.linux.NativeAccessException if the JVM was started without the right to call native
     *     functions
     */
    static Hypervisor open() {
        List<HypervisorException> refusals = new ArrayList<>();
        try {
            for (HypervisorProvider provider : ServiceLoader.load(HypervisorProvider.class)) {
                try {
                    return provider.open();
                } catch (HypervisorException e) {
                    refusals.add(e);
                }
            }
        } catch (ServiceConfigurationError e) {
            refusals.add(new HypervisorException("a hypervisor on the path cannot be loaded: " + e.getMessage(), e));
        }
        if (refusals.isEmpty()) {
            throw new HypervisorException("no hypervisor module found: add io.microlith:vmm-kvm to the application");
        }
        HypervisorException first = refusals.getFirst();
        refusals.stream().skip(1).forEach(first::addSuppressed);
        throw first;
    }

    /** The hypervisor's name, such as {@code kvm}. */
    String name();

    /** Whether this host has a capability. */
    boolean supports(Capability capability);

    /** The largest number of vCPUs a VM can have. */
    int maxVcpus();

    /**
     * The board of a VM whose embedder names none: the first on the module or class path that fits. A hypervisor may
     * keep it once it has found it.
     *
     * @throws ConfigException if there is none
     */
    default Board defaultBoard() {
        try {
            return ServiceLoader.load(Board.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(candidate -> candidate.fits(this))
                    .findFirst()
                    .orElseThrow(() -> new ConfigException(
                            "board",
                            "no module on the path provides one for the hypervisor " + name()
                                    + ": add one, or name one with board()"));
        } catch (ServiceConfigurationError e) {
            throw new ConfigException("board", "a provider on the path cannot be loaded: " + e.getMessage(), e);
        }
    }

    /**
     * Makes an empty VM: no memory, no vCPU.
     *
     * @param id the VM's name, for threads, logs and errors
     * @throws HypervisorException if the host refuses
     */
    HypervisorVm createVm(String id);

    /**
     * Where vCPUs get their threads. A task given to it runs at once, on a platform thread that does nothing else
     * meanwhile; if the host has none to give, {@link OutOfMemoryError} is thrown.
     *
     * <p>This one starts a thread for each. That takes about as long as making a VM: a hypervisor may keep threads
     * whose vCPUs are gone for the next, until it is closed.
     */
    default Executor vcpuThreads() {
        return task -> Thread.ofPlatform().start(task);
    }

    @Override
    void close();
}
