// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.vmm.error.ConfigException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What an embedder decides about a network device.
 *
 * @param source opens the other end of the cable of a device that is being made; closed with the device
 * @param mac the device's address; if empty, one is made up for each device
 * @param mtu the most bytes of a packet that the guest is told to send, 68 to 65535; 0 to say nothing
 * @param link the plug of the cable
 * @param receiveLimiter how much the guest may receive in a second; shared by all devices that have the same one
 * @param sendLimiter how much it may send
 * @param setup what all virtio devices have to be told
 * @param events whom to tell what happens
 */
public record NetConfig(
        Supplier<NetBackend> source,
        Optional<MacAddress> mac,
        int mtu,
        NetLink link,
        RateLimiter receiveLimiter,
        RateLimiter sendLimiter,
        VirtioSetup setup,
        NetEvents events) {
    /** The most queue pairs. */
    public static final int MAX_PAIRS = 16;

    static final int LEAST_MTU = 68;
    static final int MOST_MTU = 65535;

    /** Refuses what no network device can have. */
    public NetConfig {
        if (mtu != 0 && (mtu < LEAST_MTU || mtu > MOST_MTU)) {
            throw new ConfigException("net.mtu", mtu + " is neither 0 nor " + LEAST_MTU + " to " + MOST_MTU);
        }
    }

    /** A device with an address that is made up, no MTU and no limits. */
    public static NetConfig of(Supplier<NetBackend> source) {
        return new NetConfig(
                source,
                Optional.empty(),
                0,
                NetLink.create(),
                RateLimiter.unlimited(),
                RateLimiter.unlimited(),
                VirtioSetup.DEFAULT,
                NetEvents.NONE);
    }

    /** The same with an address. */
    public NetConfig mac(MacAddress address) {
        return new NetConfig(source, Optional.of(address), mtu, link, receiveLimiter, sendLimiter, setup, events);
    }

    /** The same with an MTU. */
    public NetConfig mtu(int bytes) {
        return new NetConfig(source, mac, bytes, link, receiveLimiter, sendLimiter, setup, events);
    }

    /** The same with a plug of the embedder's. */
    public NetConfig link(NetLink plug) {
        return new NetConfig(source, mac, mtu, plug, receiveLimiter, sendLimiter, setup, events);
    }

    /** The same with limits of what is received and of what is sent. */
    public NetConfig limiters(RateLimiter receiving, RateLimiter sending) {
        return new NetConfig(source, mac, mtu, link, receiving, sending, setup, events);
    }

    /** The same with all frames written to a file, as {@link PcapBackend} does. */
    public NetConfig pcap(Path file) {
        Supplier<NetBackend> inner = source;
        return new NetConfig(
                () -> PcapBackend.open(inner, file), mac, mtu, link, receiveLimiter, sendLimiter, setup, events);
    }

    /** The same with another transport or loop. */
    public NetConfig setup(VirtioSetup other) {
        return new NetConfig(source, mac, mtu, link, receiveLimiter, sendLimiter, other, events);
    }

    /** The same with somebody who is told what happens. */
    public NetConfig events(NetEvents hearer) {
        return new NetConfig(source, mac, mtu, link, receiveLimiter, sendLimiter, setup, hearer);
    }
}
