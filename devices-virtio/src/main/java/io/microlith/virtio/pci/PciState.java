// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import io.microlith.virtio.VirtioState;
import io.microlith.vmm.bus.pci.PciConfigState;
import io.microlith.vmm.device.pci.PciMsixState;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateCodec;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The state of a device on PCI, taken apart.
 *
 * @param shared what it has in common with other transports
 * @param own what only this one has
 */
record PciState(VirtioState shared, Own own) {
    /**
     * What only PCI has.
     *
     * @param isr what the driver has not acknowledged
     * @param vectors 16 bits for each queue, and 16 for the configuration
     * @param config the configuration space, and so where the BARs are
     * @param msix the message-signalled interrupts
     */
    record Own(int isr, ByteString vectors, PciConfigState config, PciMsixState msix) implements DeviceState {
        static final int VERSION = 1;

        @Override
        public int version() {
            return VERSION;
        }

        @Override
        public void writeTo(StateWriter writer) {
            writer.putLong(1, isr)
                    .putBytes(2, vectors.toByteArray())
                    .putState(3, config)
                    .putState(4, msix);
        }

        static Own read(StateReader reader) {
            return new Own(
                    reader.getInt(1, 0),
                    ByteString.of(reader.getBytes(2)),
                    PciConfigState.read(reader.getState(3)),
                    PciMsixState.read(reader.getState(4)));
        }

        ByteString encode() {
            return ByteString.of(StateCodec.encode(this));
        }

        /** The vectors, one by one. */
        int[] vectorNumbers() {
            ByteBuffer bytes = ByteBuffer.wrap(vectors.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
            int[] numbers = new int[vectors.length() / Short.BYTES];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Short.toUnsignedInt(bytes.getShort());
            }
            return numbers;
        }
    }

    /** The bytes of vectors. */
    static ByteString bytes(int[] vectors) {
        ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * vectors.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int vector : vectors) {
            bytes.putShort((short) vector);
        }
        return ByteString.of(bytes.array());
    }

    /**
     * Takes a state apart that was saved on a transport of this name. Configuration space and interrupts are checked
     * when they are made of it.
     */
    static PciState of(VirtioState state, String name, PciLayout layout) {
        StateCheck check = StateCheck.of("VirtioState");
        check.require("transport", state.transport(), state.transport().equals(name), "'" + name + "'");
        Own own = Own.read(StateCodec.reader(state.registers().toByteArray()));
        int size = Short.BYTES * (layout.queues() + 1);
        check.bits("registers", own.isr, PciRegisters.ISR_MASK)
                .require("registers", own.vectors, own.vectors.length() == size, size + " bytes of vectors");
        int vectors = layout.msix().vectors();
        for (int vector : own.vectorNumbers()) {
            boolean valid = vector == PciRegisters.NO_VECTOR || vector < vectors;
            check.require("registers", "vector " + vector, valid, "one of " + vectors + ", or none");
        }
        return new PciState(state, own);
    }
}
