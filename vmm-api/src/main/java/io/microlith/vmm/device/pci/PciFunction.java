// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciBarListener;
import io.microlith.vmm.bus.pci.PciBus;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.bus.pci.PciDevice;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A function with MSI-X and BARs of memory: it brings what the guest writes to configuration space to the interrupts
 * and to the bus. Its owner attaches it to the bus, and saves the parts it was made of.
 *
 * <pre>{@code
 * PciMsixLayout layout = new PciMsixLayout(4, 0, 0x0, 0x800);
 * PciMsix msix = new PciMsix(layout, context);
 * PciBar bar = new PciBar(0, PciBar.Kind.MEMORY_64, 0x2000);
 * PciBarRegions regions = new PciBarRegions(context, List.of(
 *         new BusHandler<>(layout.table(), msix.table()),
 *         new BusHandler<>(layout.pending(), msix.pending()),
 *         new BusHandler<>(new AddressRange(0x1000, 0x1000), registers)));
 * PciHeader header = new PciHeader(identity, PciPin.NONE, List.of(bar), List.of(layout.capability()));
 * PciFunction function =
 *         new PciFunction(context.pciBus(), new PciConfigSpace(header), msix, Map.of(bar, regions));
 * PciAddress address = context.pciBus().attach(function);
 * }</pre>
 *
 * <p>Any thread.
 */
public final class PciFunction implements PciDevice, AutoCloseable {
    private final PciConfigSpace config;
    private final PciMsix msix;

    /**
     * Makes a function of parts that are new, or restored.
     *
     * @param bus where its BARs are mapped
     * @param config its configuration space, which nobody else is connected to, with the capability of {@code msix}
     * @param msix its interrupts
     * @param bars what is behind each of its BARs
     */
    public PciFunction(PciBus bus, PciConfigSpace config, PciMsix msix, Map<PciBar, ? extends MmioDevice> bars) {
        this.config = config;
        this.msix = msix;
        config.connect(new Bars(bus, Map.copyOf(bars)));
        msix.update(config);
    }

    @Override
    public int readConfig(int offset, int size) {
        return config.read(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        config.write(offset, size, value);
        msix.update(config);
    }

    /** Puts configuration space and interrupts back to what they are at power-on. */
    public void reset() {
        config.reset();
        msix.reset();
    }

    /** Takes the BARs off the bus and gives the interrupts back. The owner detaches the function itself. */
    @Override
    public void close() {
        config.reset();
        msix.close();
    }

    private record Bars(PciBus bus, Map<PciBar, MmioDevice> handlers) implements PciBarListener {
        @Override
        public void mapped(PciBar bar, AddressRange range) {
            @Nullable MmioDevice handler = handlers.get(bar);
            if (handler != null) {
                // Where the guest puts it is the guest's affair: it may answer nowhere.
                var _ = bus.mapMemory(range, handler);
            }
        }

        @Override
        public void unmapped(PciBar bar, AddressRange range) {
            @Nullable MmioDevice handler = handlers.get(bar);
            if (handler != null) {
                bus.unmapMemory(range, handler);
            }
        }
    }
}
