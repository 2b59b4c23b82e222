// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The plug of a network device's cable, in the embedder's hand: for one device, or for all of a VM's. Any thread, at
 * any time. The guest is told at once, and with no link no frame goes either way.
 */
public final class NetLink {
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean up = true;

    private NetLink() {}

    /** A device on the link. Called by any thread. */
    interface Listener {
        void onLink();

        void onAnnounce();
    }

    /** Makes a link that is up. */
    public static NetLink create() {
        return new NetLink();
    }

    /** Whether it is up. */
    public boolean isUp() {
        return up;
    }

    /** Plugs in. */
    public void up() {
        set(true);
    }

    /** Pulls the plug. */
    public void down() {
        set(false);
    }

    private void set(boolean now) {
        up = now;
        listeners.forEach(Listener::onLink);
    }

    /**
     * Asks the guest to tell its neighbours where it is, for when it was moved: with a restored VM, for one. A driver
     * that cannot (VIRTIO_NET_F_GUEST_ANNOUNCE) is not asked.
     */
    public void announce() {
        listeners.forEach(Listener::onAnnounce);
    }

    void add(Listener listener) {
        listeners.add(listener);
    }

    void remove(Listener listener) {
        listeners.remove(listener);
    }
}
