// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A learning switch between the VMs of one JVM. Needs no closing, and can be in use while devices come and go. Any
 * thread.
 *
 * <p>No VM waits for another: frames for one that does not take them find its queue, of 1 MiB, full, and are lost, as
 * Ethernet has it. A frame is copied out of the sender's memory, once and before it is looked at, and into each
 * receiver's by the receiver's own thread.
 *
 * <p>There are no offloads: what a guest says in a frame's header would have to be checked before another guest is
 * told, and finished for those whose drivers do not take it. Where throughput counts, give all devices a large MTU, up
 * to 65535: packets then are as long as an offloaded segment.
 */
public final class NetSwitch {
    private static final int MOST_PORTS = 1 << 12;
    private static final long MULTICAST = 1L << 40;

    private final MacTable table = new MacTable();
    private final LongAdder lost = new LongAdder();

    /** By number. Replaced with the lock held, read without it. */
    private volatile @Nullable SwitchPort[] ports = new @Nullable SwitchPort[0];

    /** Makes a switch, with nothing plugged in. */
    public NetSwitch() {}

    /** Plugs a device in, which unplugs itself when it is closed. */
    public synchronized NetBackend plug() {
        @Nullable SwitchPort[] all = ports;
        int number = 0;
        while (number < all.length && all[number] != null) {
            number++;
        }
        if (number == MOST_PORTS) {
            throw new IllegalStateException("a switch has " + MOST_PORTS + " ports and no more");
        }
        SwitchPort port = new SwitchPort(this, number);
        put(number, port);
        return port;
    }

    synchronized void unplug(SwitchPort port) {
        if (ports[port.number()] == port) {
            put(port.number(), null);
            table.forget(port.number());
        }
    }

    private void put(int number, @Nullable SwitchPort port) {
        @Nullable SwitchPort[] all = Arrays.copyOf(ports, Math.max(ports.length, number + 1));
        all[number] = port;
        ports = all;
    }

    /** How many frames were lost because a device did not take them. */
    public long lost() {
        return lost.sum();
    }

    /** A frame came in at a port: it goes on to where its destination was seen, or else everywhere. */
    void pass(SwitchPort from, MemorySegment frame, int length, long destination, long source) {
        if (MacAddress.isOne(source)) {
            table.learn(source, from.number());
        }
        @Nullable SwitchPort[] all = ports;
        int known = (destination & MULTICAST) == 0 ? table.find(destination) : MacTable.NOWHERE;
        if (known != MacTable.NOWHERE && known < all.length) {
            pass(from, all[known], frame, length);
            return;
        }
        for (SwitchPort port : all) {
            pass(from, port, frame, length);
        }
    }

    private void pass(SwitchPort from, @Nullable SwitchPort to, MemorySegment frame, int length) {
        if (to != null && to != from && !to.offer(frame, length)) {
            lost.increment();
        }
    }
}
