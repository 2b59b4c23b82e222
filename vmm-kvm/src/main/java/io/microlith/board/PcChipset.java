// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.cpu.CpuTemplate;
import io.microlith.board.generation.GenerationConfig;
import io.microlith.board.generation.GenerationFactory;
import io.microlith.board.legacy.DebugExitConfig;
import io.microlith.board.legacy.DebugExitFactory;
import io.microlith.board.legacy.I8042Config;
import io.microlith.board.legacy.I8042Factory;
import io.microlith.board.legacy.PowerManagementConfig;
import io.microlith.board.legacy.PowerManagementFactory;
import io.microlith.board.legacy.PvPanicConfig;
import io.microlith.board.legacy.PvPanicFactory;
import io.microlith.board.legacy.RtcConfig;
import io.microlith.board.legacy.RtcFactory;
import io.microlith.board.pci.IntxRouting;
import io.microlith.board.pci.PciHostBridge;
import io.microlith.board.pci.PciHostState;
import io.microlith.board.pci.PciSegment;
import io.microlith.board.pci.PciSetup;
import io.microlith.board.pci.PciWindows;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.vmm.BoardContext;
import io.microlith.vmm.BoardDeviceContext;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.DeviceParts;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.state.MachineState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is on a PC board itself: interrupt controllers and timer in the kernel, the host bridge, the legacy devices. */
final class PcChipset {
    private static final DeviceId BRIDGE = new DeviceId("pci-host", 0);
    private static final RtcFactory CLOCK = new RtcFactory();
    private static final GenerationFactory GENERATION = new GenerationFactory();
    private static final List<DeviceSpec<?>> LEGACY = List.of(
            new DeviceSpec<>(new I8042Factory(), new I8042Config()),
            new DeviceSpec<>(new PowerManagementFactory(), PowerManagementConfig.system()),
            new DeviceSpec<>(new PvPanicFactory(), PvPanicConfig.standard()),
            new DeviceSpec<>(new DebugExitFactory(), DebugExitConfig.standard()));

    private static final DeviceId CLOCK_ID = first(CLOCK);
    private static final DeviceId GENERATION_ID = first(GENERATION);
    private static final String GENERATION_PART = DeviceParts.name(GENERATION_ID);

    private final BoardContext context;
    private final PcResources resources;
    private final Set<PcPart> parts;
    private final KernelChips kernel;
    private final Optional<PciWindows> windows;
    private final List<Device> devices = new ArrayList<>();
    private Optional<PciSegment> pci = Optional.empty();

    /** Begins with what is in the kernel, without which there are no vCPUs. */
    PcChipset(BoardContext context, PcResources resources, Set<PcPart> parts, KernelChips kernel) {
        this.context = context;
        this.resources = resources;
        this.parts = parts;
        this.kernel = kernel;
        windows = parts.contains(PcPart.PCI) ? Optional.of(windows(context)) : Optional.empty();
    }

    /** Makes the rest, but for what is in the kernel. */
    void addDevices() {
        pci = windows.map(this::addBus);
        LEGACY.forEach(this::add);
        if (parts.contains(PcPart.CLOCK)) {
            add(new DeviceSpec<>(CLOCK, clock()));
        }
        if (parts.contains(PcPart.GENERATION)) {
            add(new DeviceSpec<>(GENERATION, generation()));
        }
    }

    private RtcConfig clock() {
        return context.identity()
                .flatMap(CloneIdentity::clock)
                .map(RtcConfig::new)
                .orElseGet(RtcConfig::system);
    }

    private GenerationConfig generation() {
        long address = PcLayout.GENERATION.base();
        return context.identity()
                .map(who -> new GenerationConfig(address, who::generation))
                .orElseGet(() -> GenerationConfig.random(address));
    }

    private void add(DeviceSpec<?> spec) {
        devices.add(DeviceParts.make(first(spec.factory()), spec, context, resources));
    }

    private static DeviceId first(DeviceFactory<?, ?> factory) {
        return new DeviceId(factory.type(), 0);
    }

    /** The devices of a board with some parts. */
    static Set<DeviceId> devices(Set<PcPart> parts) {
        Set<DeviceId> devices = new HashSet<>();
        LEGACY.forEach(spec -> devices.add(first(spec.factory())));
        if (parts.contains(PcPart.PCI)) {
            devices.add(BRIDGE);
        }
        if (parts.contains(PcPart.CLOCK)) {
            devices.add(CLOCK_ID);
        }
        if (parts.contains(PcPart.GENERATION)) {
            devices.add(GENERATION_ID);
        }
        return devices;
    }

    /** Those parts of a board that a machine which was saved had: before there was a generation, it had none. */
    static Set<PcPart> parts(Set<PcPart> board, MachineState saved) {
        Set<PcPart> there = EnumSet.noneOf(PcPart.class);
        there.addAll(board);
        if (!saved.has(GENERATION_PART)) {
            there.remove(PcPart.GENERATION);
        }
        return there;
    }

    private static PciWindows windows(BoardContext context) {
        int addressBits = CpuTemplate.addressBits((KvmHypervisor) context.hypervisor());
        return PcLayout.pciWindows(context.config().memory(), addressBits);
    }

    private PciSegment addBus(PciWindows ranges) {
        PciSegment bus = new PciSegment(context.mmio(), context.pio(), ranges, IntxRouting.afterLegacy());
        BoardDeviceContext bridgeContext = new BoardDeviceContext(BRIDGE, context, resources);
        PciHostBridge bridge = bridge(bridgeContext.id(), bus);
        bridgeContext.mapPio(PciHostBridge.CONFIG_PORTS, bridge.configPorts());
        bridgeContext.mapMmio(PcLayout.ECAM, bridge.ecam());
        devices.add(bridge);
        resources.add(bus);
        return bus;
    }

    private PciHostBridge bridge(DeviceId id, PciSegment bus) {
        return context.saved()
                .map(saved -> PciHostState.read(saved.get(DeviceParts.name(id))))
                .map(state -> new PciHostBridge(id, bus, context.control(), state))
                .orElseGet(() -> new PciHostBridge(id, bus, context.control()));
    }

    /** The devices, as far as they are in this process: none before {@link #addDevices}. */
    List<Device> devices() {
        return devices;
    }

    /** Where the BARs of PCI devices can be, if there can be any. */
    Optional<PciWindows> windows() {
        return windows;
    }

    /** What is in the kernel. The other devices are reset by whoever resets all devices. */
    KernelChips kernel() {
        return kernel;
    }

    /** Does what firmware does with PCI, after all devices were reset. */
    void setUp() {
        pci.ifPresent(bus -> new PciSetup(bus, windows.orElseThrow()).run());
    }
}
