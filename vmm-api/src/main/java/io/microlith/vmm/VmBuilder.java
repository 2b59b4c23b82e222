// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Overcommit;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Assembles a machine. Every setting has a default; what cannot work together is an error of {@link #build}.
 *
 * <p>For one thread. A builder can build several machines if its devices' configurations allow that.
 */
public final class VmBuilder {
    /** Only makes default names differ; no behaviour depends on it. */
    private static final AtomicLong NEXT_ID = new AtomicLong();

    private static final Size DEFAULT_MEMORY = Size.mebibytes(128);

    private final Hypervisor hypervisor;

    /** The generations of machines that were built. */
    private final Set<UUID> taken = new HashSet<>();

    private final List<DeviceSpec<?>> devices = new ArrayList<>();
    private final List<BusHandler<MmioDevice>> mmio = new ArrayList<>();
    private final List<BusHandler<PioDevice>> pio = new ArrayList<>();
    private @Nullable String id;
    private @Nullable Board board;
    private @Nullable BootSource boot;
    private @Nullable Restoration restoration;
    private @Nullable CloneIdentity identity;
    private @Nullable Size memory;
    private PageBacking pages = PageBacking.SMALL;
    private Overcommit overcommit = Overcommit.REFUSE;
    private WriteTracking tracking = WriteTracking.NONE;
    private @Nullable Integer vcpus;
    private @Nullable OnReset onReset;
    private List<Integer> processors = List.of();
    private @Nullable List<AddressRange> excluded;
    private VmListener listener = VmListener.NONE;

    private VmBuilder(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    /** Begins a machine for a host. */
    public static VmBuilder on(Hypervisor hypervisor) {
        return new VmBuilder(hypervisor);
    }

    /**
     * Names the VM, for threads, logs and errors: up to 64 letters, digits and {@code . _ : -}. Default: {@code vm} and
     * a number.
     */
    public VmBuilder id(String name) {
        id = name;
        return this;
    }

    /** Sets the guest's RAM. Default: 128 MiB, or as much as a machine that is restored had. */
    public VmBuilder memory(Size amount) {
        memory = amount;
        return this;
    }

    /** Sets the host's pages behind the RAM. Default: {@link PageBacking#SMALL}. */
    public VmBuilder pages(PageBacking backing) {
        pages = backing;
        return this;
    }

    /**
     * Allows more RAM than the host has. Default: that is an error, since a guest that uses it all brings the host's
     * kernel to end some process, this one perhaps.
     */
    public VmBuilder overcommit() {
        overcommit = Overcommit.ALLOW;
        return this;
    }

    /**
     * Has it noted which pages of RAM are written, so that a snapshot of what has changed, a fork, or a clone's way
     * back need not look at all of it. Who writes to a region's segment, and not by {@link Vm#memory}, must not have
     * this. Default: {@link WriteTracking#NONE}.
     */
    public VmBuilder trackWrites(WriteTracking how) {
        tracking = how;
        return this;
    }

    /** Sets the number of vCPUs. Default: 1, or as many as a machine that is restored had. */
    public VmBuilder vcpus(int count) {
        vcpus = count;
        return this;
    }

    /** Ties each vCPU's thread to a host processor, one number for each vCPU. Default: the scheduler decides. */
    public VmBuilder pin(int... hostProcessors) {
        List<Integer> numbers = new ArrayList<>();
        for (int processor : hostProcessors) {
            numbers.add(processor);
        }
        processors = numbers;
        return this;
    }

    /**
     * Excludes memory from snapshots and forks, whoever makes them and when: it reads as zero in the machines that are
     * made of them. For what the guest shares with its host and gets anew, and for secrets. Replaces what was excluded
     * before. Default: none, or what a machine that is restored had excluded. One that is to become another machine,
     * from a pool, say, excludes at least what that one does.
     *
     * @param ranges guest-physical addresses, in whole pages of RAM
     */
    public VmBuilder excludeFromSnapshots(AddressRange... ranges) {
        excluded = List.of(ranges);
        return this;
    }

    /** Sets the board. Default: {@link Hypervisor#defaultBoard}. */
    public VmBuilder board(Board plan) {
        board = plan;
        return this;
    }

    /** Sets what the machine starts. */
    public VmBuilder boot(BootSource source) {
        boot = source;
        return this;
    }

    /**
     * Has the machine be one that was saved. It gets the same devices again, in the same order, whose configurations
     * say what the host has for them now; what it has beside them comes from the state. {@link #build} makes it as it
     * was, and {@link Vm#start} lets it go on.
     */
    public VmBuilder restore(Restoration saved) {
        restoration = saved;
        return this;
    }

    /**
     * The same of the machine that was saved at a path, its memory restored in the way that is best for it there.
     *
     * @throws io.microlith.vmm.error.ConfigException if nothing here reads such: io.microlith.snapshot is missing
     * @throws io.microlith.vmm.error.VmmException if there is nothing that can be restored, or it is damaged
     */
    public VmBuilder restore(Path snapshot) {
        return restore(ServiceLoader.load(RestorationProvider.class)
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "restore", "no module here reads snapshots: add io.microlith:snapshots to the application"))
                .open(snapshot));
    }

    /**
     * Has a machine that is restored be another one than the one that was saved. What {@link #device} adds comes after
     * the devices that the identity has.
     *
     * @param who its identity, for one machine
     */
    public VmBuilder identity(CloneIdentity who) {
        identity = who;
        return this;
    }

    /** Adds a device. */
    public VmBuilder device(DeviceSpec<?> spec) {
        devices.add(spec);
        return this;
    }

    /** Adds a device of a factory. */
    public <C> VmBuilder device(DeviceFactory<C, ?> factory, C config) {
        return device(new DeviceSpec<>(factory, config));
    }

    /**
     * Adds a device of a type that some module or jar provides.
     *
     * @param options what {@link DeviceFactory#configure} takes
     * @throws ConfigException if no factory of that type is found, or it refuses an option
     */
    public VmBuilder device(String type, Map<String, String> options) {
        return device(new DeviceRequest(type, options));
    }

    /**
     * Adds a device of a type that some module or jar provides.
     *
     * @throws ConfigException if no factory of that type is found, or it refuses an option
     */
    public VmBuilder device(DeviceRequest request) {
        return device(request.resolve(Map.of()));
    }

    /**
     * Answers the guest at a range of guest-physical addresses: a device of one lambda or class, with no life of its
     * own.
     */
    public VmBuilder mmio(long base, long size, MmioDevice handler) {
        mmio.add(new BusHandler<>(range("mmio", base, size), handler));
        return this;
    }

    /** Answers the guest at a range of ports, from 0 to 0xffff. */
    public VmBuilder pio(int port, int count, PioDevice handler) {
        pio.add(new BusHandler<>(range("pio", port, count), handler));
        return this;
    }

    private static AddressRange range(String bus, long base, long size) {
        try {
            return new AddressRange(base, size);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(bus, e.getMessage() + ": give it an address of 0 or more and at least 1 byte", e);
        }
    }

    /**
     * Sets what to do when the guest asks for a reset. Default: {@link OnReset#RESTART}, and {@link OnReset#END} for a
     * machine that is restored, which has nothing to start again with.
     */
    public VmBuilder onReset(OnReset action) {
        onReset = action;
        return this;
    }

    /** Sets who hears what happens. Default: nobody. */
    public VmBuilder listener(VmListener hearer) {
        listener = hearer;
        return this;
    }

    /**
     * Builds the machine: memory, board, devices, vCPUs, and what it starts in its place.
     *
     * @throws ConfigException if settings are wrong or do not fit each other or the machine that was saved; nothing is
     *     left behind then
     * @throws io.microlith.vmm.error.InvalidStateException if that one cannot be: its state is broken, or not of these
     *     devices
     * @throws io.microlith.vmm.error.HypervisorException if the host fails
     */
    public Vm build() {
        String name = id != null ? id : "vm" + NEXT_ID.getAndIncrement();
        if (identity != null && taken.contains(identity.generation())) {
            throw new ConfigException(
                    "identity", "a machine is of this generation already: give the next one an identity of its own");
        }
        Vm vm = VmAssembly.assemble(new VmAssembly.Parts(
                hypervisor,
                board != null ? board : hypervisor.defaultBoard(),
                config(name),
                Optional.ofNullable(boot),
                Optional.ofNullable(restoration),
                Optional.ofNullable(identity),
                VmAssembly.number(identity != null ? identity.named() : List.of(), devices),
                mmio,
                pio,
                listener));
        if (identity != null) {
            taken.add(identity.generation());
        }
        return vm;
    }

    private VmConfig config(String name) {
        Optional<VmConfig> saved = Optional.ofNullable(restoration).map(Restoration::config);
        return new VmConfig(
                name,
                memory != null ? memory : saved.map(VmConfig::memory).orElse(DEFAULT_MEMORY),
                pages,
                overcommit,
                tracking,
                vcpus != null ? vcpus : saved.map(VmConfig::vcpus).orElse(1),
                onReset != null ? onReset : saved.map(_ -> OnReset.END).orElse(OnReset.RESTART),
                processors,
                excluded != null ? excluded : saved.map(VmConfig::excluded).orElse(List.of()));
    }
}
