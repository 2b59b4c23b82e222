// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.virtio.VirtioState;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * A network device, without what is on its cable.
 *
 * @param virtio its transport and queues
 * @param builtInMac the address it has at power-on
 * @param mac its address, which the driver may have changed
 * @param pairs how many queue pairs the driver uses
 * @param offloads what the driver takes, bits of VIRTIO_NET_F_GUEST_*
 * @param announcing 1 if the driver was asked to announce itself and did not say yet that it has, else 0
 */
public record NetState(VirtioState virtio, long builtInMac, long mac, int pairs, long offloads, int announcing)
        implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putState(1, virtio)
                .putLong(2, builtInMac)
                .putLong(3, mac)
                .putLong(4, pairs)
                .putLong(5, offloads)
                .putLong(6, announcing);
    }

    static NetState read(StateReader reader) {
        return new NetState(
                VirtioState.read(reader.getState(1)),
                reader.getLong(2, 0),
                reader.getLong(3, 0),
                reader.getInt(4, 0),
                reader.getLong(5, 0),
                reader.getInt(6, 0));
    }

    /** The same of another card. */
    NetState withMac(MacAddress other) {
        return new NetState(virtio, other.value(), other.value(), pairs, offloads, announcing);
    }

    /** Returns this state if it is one of a device with this backend. */
    NetState checked(NetBackend backend) {
        StateCheck.of("NetState")
                .require(
                        "builtInMac",
                        Long.toHexString(builtInMac),
                        MacAddress.isOne(builtInMac),
                        "an address of one card")
                .require("mac", Long.toHexString(mac), MacAddress.isOne(mac), "an address of one card")
                .inRange("pairs", pairs, 1, backend.pairs())
                .require(
                        "offloads",
                        Long.toHexString(offloads),
                        (offloads & ~Offload.receiving(backend.offloads())) == 0,
                        "only what the backend can do")
                .inRange("announcing", announcing, 0, 1);
        return this;
    }
}
