// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.board.legacy.ResetControl;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.bus.pci.PciDevice;
import io.microlith.vmm.bus.pci.PciHeader;
import io.microlith.vmm.bus.pci.PciIdentity;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.state.Snapshotable;

/**
 * The host bridge: the way from the processors to PCI bus 0, and itself the function 00:00.0 of it.
 *
 * <p>It carries the ids of the generic PCI Express host bridge, which needs no driver and no workaround in any guest.
 * Configuration space is reached through {@link #configPorts} and, if the board maps it, {@link #ecam}. The chip set's
 * reset register lies among these ports, and so is part of the bridge. Any thread.
 */
public final class PciHostBridge implements Device, Snapshotable<PciHostState> {
    /** The ports of {@link #configPorts}. */
    public static final AddressRange CONFIG_PORTS = new AddressRange(0xcf8, 8);

    /**
     * The bytes of {@link #ecam}: one bus. More would answer, but Linux then looks for devices on each bus, by ports:
     * some sixteen thousand exits for 256 buses.
     */
    public static final long ECAM_SIZE = 1L << 20;

    private static final PciAddress OWN_ADDRESS = PciAddress.ofDevice(0);
    /** Red Hat's number for the generic host bridge, of class "bridge, host". */
    private static final PciIdentity IDENTITY = new PciIdentity(0x1b36, 0x0008, 0x060000, 0, 0x1af4, 0x1100);

    private static final PciHeader HEADER = PciHeader.of(IDENTITY);

    private final DeviceId id;
    private final ResetControl resetControl;
    private final ConfigPorts ports;
    private final EcamWindow ecam;
    private final PciConfigSpace config;

    /**
     * Makes the bridge as it is at power-on.
     *
     * @param id its name
     * @param segment the bus; 00:00.0 has to be free
     * @param control what the reset register resets
     */
    public PciHostBridge(DeviceId id, PciSegment segment, VmControl control) {
        this(id, segment, control, PciHostState.atPowerOn(HEADER));
    }

    /**
     * Makes the bridge as it was when it was saved.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if the state breaks a rule
     */
    public PciHostBridge(DeviceId id, PciSegment segment, VmControl control, PciHostState state) {
        state.check();
        this.id = id;
        config = new PciConfigSpace(HEADER, state.config());
        resetControl = new ResetControl(control, state.resetControl());
        ports = new ConfigPorts(segment, resetControl);
        ports.setAddress((int) state.configAddress());
        ecam = new EcamWindow(segment);
        segment.attach(OWN_ADDRESS, new OwnFunction(config));
    }

    /** The configuration ports, for the range {@link #CONFIG_PORTS}. */
    public PioDevice configPorts() {
        return ports;
    }

    /** Memory-mapped configuration space, for a range of {@link #ECAM_SIZE}. */
    public MmioDevice ecam() {
        return ecam;
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public void reset() {
        ports.setAddress(0);
        resetControl.reset();
        config.reset();
    }

    @Override
    public PciHostState save() {
        return new PciHostState(Integer.toUnsignedLong(ports.address()), resetControl.save(), config.save());
    }

    /** Does nothing: the bridge holds nothing of the host. */
    @Override
    public void close() {}

    private record OwnFunction(PciConfigSpace config) implements PciDevice {
        @Override
        public int readConfig(int offset, int size) {
            return config.read(offset, size);
        }

        @Override
        public void writeConfig(int offset, int size, int value) {
            config.write(offset, size, value);
        }

        @Override
        public String toString() {
            return "the host bridge";
        }
    }
}
