// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.linux.ProcessorSet;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.device.NamedDevice;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.MemoryBound;
import io.microlith.vmm.memory.Overcommit;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Puts machines together. Both ways to compose end here: {@link VmBuilder}, and an object graph that supplies the parts
 * by injection.
 */
public final class VmAssembly {
    private static final int LAST_PORT = 0xffff;

    private VmAssembly() {}

    /**
     * The parts of a machine.
     *
     * @param hypervisor the host
     * @param board the plan
     * @param config the size and manner
     * @param boot what to start, or empty if the embedder prepares memory and vCPUs
     * @param restoration the machine that was saved, if this is to be it again
     * @param identity who it is then, if it is to be another one
     * @param devices the devices, by id, those that the identity has among them
     * @param mmio what the embedder answers to on the bus of memory-mapped I/O
     * @param pio likewise on the bus of ports
     * @param listener who hears what happens
     */
    public record Parts(
            Hypervisor hypervisor,
            Board board,
            VmConfig config,
            Optional<BootSource> boot,
            Optional<Restoration> restoration,
            Optional<CloneIdentity> identity,
            SortedMap<DeviceId, DeviceSpec<?>> devices,
            Collection<BusHandler<MmioDevice>> mmio,
            Collection<BusHandler<PioDevice>> pio,
            VmListener listener) {
        /** Copies the collections. */
        public Parts {
            devices = Collections.unmodifiableSortedMap(new TreeMap<>(devices));
            mmio = List.copyOf(mmio);
            pio = List.copyOf(pio);
        }
    }

    /**
     * Builds a machine.
     *
     * @throws ConfigException if parts do not fit each other or the host; nothing is left behind then
     * @throws io.microlith.vmm.error.VmmException if the host fails
     */
    public static Vm assemble(Parts parts) {
        checkVcpus(parts);
        checkMemory(parts.config());
        checkExcluded(parts);
        checkPorts(parts.pio());
        checkRestored(parts);
        if (!parts.board().fits(parts.hypervisor())) {
            throw new ConfigException(
                    "board",
                    parts.board() + " does not fit the hypervisor "
                            + parts.hypervisor().name());
        }
        parts.restoration().ifPresent(saved -> {
            checkFits(parts, saved, parts.identity());
            checkHost(parts, saved);
        });
        return new AssembledVm(parts);
    }

    /** Refuses a machine that was saved and is not of this size, and an identity of which something is missing. */
    static void checkFits(Parts parts, Restoration saved, Optional<CloneIdentity> who) {
        checkSize(parts.config(), saved.config());
        who.ifPresent(identity -> {
            Set<DeviceId> configured = new TreeSet<>(parts.devices().keySet());
            configured.addAll(identity.devices().keySet());
            new IdentityCheck(parts.board(), saved.state(), identity, configured).require();
        });
    }

    /** Refuses a machine that was saved and has other devices; an identity is held against them with all it has. */
    static void checkDevices(Parts parts, Restoration saved) {
        List<String> differences = DeviceParts.differences(
                saved.state(), parts.devices().keySet(), parts.board().ownDevices(saved.state()));
        if (!differences.isEmpty()) {
            throw new ConfigException(
                    "restore", listed("the machine that was saved has other devices than this one:", differences));
        }
    }

    /** Before anything is made, so that there is one answer and not the first call that the host refuses. */
    static void checkHost(Parts parts, Restoration saved) {
        List<HostDifference> differences = parts.board().differences(parts.hypervisor(), saved.state());
        if (!differences.isEmpty()) {
            throw new ConfigException(
                    "restore", listed("the machine that was saved cannot go on on this host:", differences));
        }
    }

    /** A text, and below it a line for each of several. */
    static String listed(String title, List<?> several) {
        return several.stream().map(each -> "\n  " + each).collect(Collectors.joining("", title, ""));
    }

    private static void checkVcpus(Parts parts) {
        int most = parts.hypervisor().maxVcpus();
        if (parts.config().vcpus() > most) {
            throw new ConfigException(
                    "vcpus", parts.config().vcpus() + " is too many: this host runs up to " + most + " in a VM");
        }
        for (int processor : parts.config().processors()) {
            if (!ProcessorSet.canHold(processor)) {
                throw new ConfigException("pin", "this process may not use processor " + processor + " of this host");
            }
        }
    }

    private static void checkMemory(VmConfig config) {
        if (config.overcommit() == Overcommit.REFUSE) {
            MemoryBound.here().require(config.memory(), "give the VM less, or allow overcommit");
        }
    }

    /**
     * Refuses what a machine has to exclude that was saved, if this one does not: its secrets would be in snapshots.
     */
    static void checkExcludes(VmConfig config, VmConfig saved) {
        for (AddressRange range : saved.excluded()) {
            if (config.excluded().stream().noneMatch(own -> own.contains(range))) {
                throw new ConfigException(
                        "excludeFromSnapshots",
                        "the machine that was saved excludes " + range + ": this one has to be built so, too");
            }
        }
    }

    private static void checkExcluded(Parts parts) {
        List<AddressRange> excluded = parts.config().excluded();
        List<AddressRange> ram = excluded.isEmpty()
                ? List.of()
                : parts.board().ram(parts.config().memory());
        for (AddressRange range : excluded) {
            if (ram.stream().noneMatch(region -> region.contains(range))) {
                throw new ConfigException(
                        "excludeFromSnapshots", "the machine has RAM at " + ram + ", and not at " + range);
            }
        }
    }

    private static void checkSize(VmConfig config, VmConfig saved) {
        if (config.vcpus() != saved.vcpus()) {
            throw new ConfigException(
                    "vcpus", config.vcpus() + " given, and the machine that was saved has " + saved.vcpus());
        }
        if (!config.memory().equals(saved.memory())) {
            throw new ConfigException(
                    "memory", config.memory() + " given, and the machine that was saved has " + saved.memory());
        }
    }

    private static void checkRestored(Parts parts) {
        if (parts.restoration().isEmpty()) {
            if (parts.identity().isPresent()) {
                throw new ConfigException(
                        "identity", "a machine that is new is no other one's twin: only one that is restored has this");
            }
            return;
        }
        if (parts.boot().isPresent()) {
            throw new ConfigException(
                    "boot", "a machine that is restored has started already: give it nothing to start");
        }
        if (parts.config().onReset() != OnReset.END) {
            throw new ConfigException(
                    "onReset", "a machine that is restored has nothing to start again with: let a reset end it");
        }
    }

    private static void checkPorts(Collection<BusHandler<PioDevice>> handlers) {
        for (BusHandler<PioDevice> handler : handlers) {
            AddressRange range = handler.range();
            if (range.last() > LAST_PORT) {
                throw new ConfigException(
                        "pio", range + " is beyond the last port, 0x" + Integer.toHexString(LAST_PORT));
            }
        }
    }

    /**
     * Names devices: the n-th of a type, in the order given, gets the index n.
     *
     * @throws ConfigException if a factory's type is not fit for a name
     */
    public static SortedMap<DeviceId, DeviceSpec<?>> number(Collection<? extends DeviceSpec<?>> specs) {
        return number(List.of(), specs);
    }

    /**
     * Names devices beside some that have names: the n-th of a type, in the order given, gets the n-th index that is
     * free.
     *
     * @throws ConfigException if two have the same name, or a factory's type is not fit for one
     */
    public static SortedMap<DeviceId, DeviceSpec<?>> number(
            Collection<NamedDevice> named, Collection<? extends DeviceSpec<?>> others) {
        SortedMap<DeviceId, DeviceSpec<?>> all = new TreeMap<>();
        for (NamedDevice device : named) {
            if (all.putIfAbsent(device.id(), device.spec()) != null) {
                throw new ConfigException("device", "two are called " + device.id() + ": give one another index");
            }
        }
        Map<String, Integer> next = new HashMap<>();
        for (DeviceSpec<?> spec : others) {
            int index = next.getOrDefault(spec.type(), 0);
            while (all.putIfAbsent(spec.named(index).id(), spec) != null) {
                index++;
            }
            next.put(spec.type(), index + 1);
        }
        return all;
    }
}
