// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.virtio.VirtioState;
import org.jspecify.annotations.Nullable;

/**
 * What the guest's driver can change of its device by commands, and what of that is in its configuration. Changed with
 * the device's lock held, and read by any thread.
 */
final class GuestSettings {
    private final NetBackend backend;
    private final long builtInMac;
    private volatile long mac;
    private volatile boolean announcing;
    private volatile int pairs = 1;
    private volatile long offloads;

    GuestSettings(NetBackend backend, MacAddress builtIn, @Nullable NetState saved) {
        this.backend = backend;
        builtInMac = saved == null ? builtIn.value() : saved.builtInMac();
        mac = builtInMac;
        if (saved != null) {
            mac = saved.mac();
            pairs = saved.pairs();
            offloads = saved.offloads();
            announcing = saved.announcing() != 0;
        }
    }

    /** A driver that has just come. */
    void begin(long features) {
        offloads = features & Offload.receiving(backend.offloads());
    }

    /** Has the backend do as the driver said last. */
    void apply() {
        backend.accept(Offload.received(offloads));
        backend.usePairs(pairs);
    }

    /** Back to power-on. */
    void reset() {
        mac = builtInMac;
        announcing = false;
        pairs = 1;
        offloads = 0;
        apply();
    }

    MacAddress mac() {
        return new MacAddress(mac);
    }

    boolean changeMac(long address) {
        if (!MacAddress.isOne(address)) {
            return false;
        }
        mac = address;
        return true;
    }

    boolean isAnnouncing() {
        return announcing;
    }

    /** The driver is to announce itself. */
    void askToAnnounce() {
        announcing = true;
    }

    /** It says that it has. */
    boolean announced() {
        announcing = false;
        return true;
    }

    int pairs() {
        return pairs;
    }

    boolean usePairs(int count) {
        if (count < 1 || count > backend.pairs()) {
            return false;
        }
        pairs = count;
        backend.usePairs(count);
        return true;
    }

    /** The driver takes some of what it agreed to. */
    boolean takeOffloads(long wanted, long features) {
        if ((wanted & ~(features & Offload.receiving(Offload.all()))) != 0) {
            return false;
        }
        offloads = wanted;
        backend.accept(Offload.received(wanted));
        return true;
    }

    /** These, and where the device is, for {@link NetState}. */
    NetState save(VirtioState virtio) {
        return new NetState(virtio, builtInMac, mac, pairs, offloads, announcing ? 1 : 0);
    }
}
