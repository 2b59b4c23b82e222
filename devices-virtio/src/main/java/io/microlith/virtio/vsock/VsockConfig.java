// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.vmm.error.ConfigException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What an embedder decides about a socket device. What it holds in memory for a guest is at most {@code connections}
 * times {@code bufferSize}, of which it takes what hosts do not read.
 *
 * @param cid the guest's context id, its address among sockets: 3 to 2^32 - 2
 * @param hosts open the host's sides of a device that is being made, closed with it; a port that the guest connects to
 *     is the first's that has it
 * @param connections the most connections at once, 1 to {@value #MAX_CONNECTIONS}
 * @param bufferSize the bytes of a connection that are held for a host that does not read, 4 KiB to 16 MiB
 * @param setup what all virtio devices have to be told
 * @param events whom to tell what happens
 */
public record VsockConfig(
        long cid,
        List<Supplier<VsockHost>> hosts,
        int connections,
        int bufferSize,
        VirtioSetup setup,
        VsockEvents events) {
    /** The context id of a guest that needs no particular one. */
    public static final long DEFAULT_CID = 3;

    /** The most connections that a device can be told to have. */
    public static final int MAX_CONNECTIONS = 1 << 16;

    /** The connections of a device that is not told another number. */
    public static final int DEFAULT_CONNECTIONS = 1024;

    /** The bytes for each connection, if nothing else is said. Linux has as many. */
    public static final int DEFAULT_BUFFER_SIZE = 256 << 10;

    static final long LEAST_CID = 3;
    static final long MOST_CID = 0xffff_fffeL;
    static final int LEAST_BUFFER_SIZE = 4 << 10;
    static final int MOST_BUFFER_SIZE = 16 << 20;

    /** Copies the list, and refuses what no device can have. */
    public VsockConfig {
        hosts = List.copyOf(hosts);
        require("cid", cid, LEAST_CID, MOST_CID);
        require("connections", connections, 1, MAX_CONNECTIONS);
        require("buffer", bufferSize, LEAST_BUFFER_SIZE, MOST_BUFFER_SIZE);
    }

    private static void require(String setting, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ConfigException("vsock." + setting, value + " is not " + least + " to " + most);
        }
    }

    /** A device that nobody can reach, of the guest with the default context id. */
    public static VsockConfig of() {
        return new VsockConfig(
                DEFAULT_CID,
                List.of(),
                DEFAULT_CONNECTIONS,
                DEFAULT_BUFFER_SIZE,
                VirtioSetup.DEFAULT,
                VsockEvents.NONE);
    }

    /** The same with another context id. */
    public VsockConfig cid(long id) {
        return new VsockConfig(id, hosts, connections, bufferSize, setup, events);
    }

    /** The same with one more side of the host's. */
    public VsockConfig host(Supplier<VsockHost> more) {
        List<Supplier<VsockHost>> all =
                Stream.concat(hosts.stream(), Stream.of(more)).toList();
        return new VsockConfig(cid, all, connections, bufferSize, setup, events);
    }

    /** The same with other bounds. */
    public VsockConfig bounds(int mostConnections, int bytesEach) {
        return new VsockConfig(cid, hosts, mostConnections, bytesEach, setup, events);
    }

    /** The same with another transport or loop. */
    public VsockConfig setup(VirtioSetup other) {
        return new VsockConfig(cid, hosts, connections, bufferSize, other, events);
    }

    /** The same with somebody who is told what happens. */
    public VsockConfig events(VsockEvents hearer) {
        return new VsockConfig(cid, hosts, connections, bufferSize, setup, hearer);
    }
}
