// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import io.microlith.virtio.setup.VirtioSetup;
import java.util.function.Supplier;

/**
 * What an embedder decides about persistent memory.
 *
 * @param source opens what a device that is being made is made of; closed with the device
 * @param setup what all virtio devices have to be told
 * @param events whom to tell what happens
 */
public record PmemConfig(Supplier<PmemBackend> source, VirtioSetup setup, PmemEvents events) {
    /** Persistent memory on a backend. */
    public static PmemConfig of(Supplier<PmemBackend> source) {
        return new PmemConfig(source, VirtioSetup.DEFAULT, PmemEvents.NONE);
    }

    /** The same with another transport or loop. */
    public PmemConfig setup(VirtioSetup other) {
        return new PmemConfig(source, other, events);
    }

    /** The same with somebody who is told what happens. */
    public PmemConfig events(PmemEvents hearer) {
        return new PmemConfig(source, setup, hearer);
    }
}
