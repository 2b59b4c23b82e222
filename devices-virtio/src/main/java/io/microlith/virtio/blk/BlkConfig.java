// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.vmm.error.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * What an embedder decides about a disk.
 *
 * @param source opens what a disk that is being made is made of; closed with the disk
 * @param serial what the guest is told the disk is called: up to 20 bytes of ASCII
 * @param queues the number of queues, 1 to {@value #MAX_QUEUES}; no more than vCPUs are of use
 * @param limiter how much the guest may do in a second; shared by all disks that have the same one
 * @param setup what all virtio devices have to be told
 * @param events whom to tell what happens
 */
public record BlkConfig(
        Supplier<BlockBackend> source,
        String serial,
        int queues,
        RateLimiter limiter,
        VirtioSetup setup,
        BlkEvents events) {
    /** The most queues. */
    public static final int MAX_QUEUES = 64;

    /** The bytes of a serial. */
    static final int SERIAL_SIZE = 20;

    /** Refuses what no disk can have. */
    public BlkConfig {
        if (serial.length() > SERIAL_SIZE
                || !StandardCharsets.US_ASCII.newEncoder().canEncode(serial)) {
            throw new ConfigException("blk.serial", "'" + serial + "' is not up to 20 characters of ASCII");
        }
        if (queues < 1 || queues > MAX_QUEUES) {
            throw new ConfigException("blk.queues", queues + " is not 1 to " + MAX_QUEUES);
        }
    }

    /** A disk with one queue, no serial and no limits. */
    public static BlkConfig of(Supplier<BlockBackend> source) {
        return new BlkConfig(source, "", 1, RateLimiter.unlimited(), VirtioSetup.DEFAULT, BlkEvents.NONE);
    }

    /** The same with a serial. */
    public BlkConfig serial(String text) {
        return new BlkConfig(source, text, queues, limiter, setup, events);
    }

    /** The same with another number of queues. */
    public BlkConfig queues(int count) {
        return new BlkConfig(source, serial, count, limiter, setup, events);
    }

    /** The same with limits. */
    public BlkConfig limiter(RateLimiter limits) {
        return new BlkConfig(source, serial, queues, limits, setup, events);
    }

    /** The same with another transport or loop. */
    public BlkConfig setup(VirtioSetup other) {
        return new BlkConfig(source, serial, queues, limiter, other, events);
    }

    /** The same with somebody who is told what happens. */
    public BlkConfig events(BlkEvents hearer) {
        return new BlkConfig(source, serial, queues, limiter, setup, hearer);
    }
}
