// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import io.microlith.virtio.setup.VirtioSetup;
import java.util.function.Supplier;

/**
 * What an embedder decides about an entropy device.
 *
 * @param source opens the source of a device that is being made; closed with the device
 * @param setup what all virtio devices have to be told
 * @param events whom to tell what happens
 */
public record RngConfig(Supplier<EntropySource> source, VirtioSetup setup, RngEvents events) {
    /** A device with the host's random numbers. */
    public static RngConfig fromHost() {
        return new RngConfig(HostEntropy::new, VirtioSetup.DEFAULT, RngEvents.NONE);
    }

    /** The same with another source. */
    public RngConfig source(Supplier<EntropySource> other) {
        return new RngConfig(other, setup, events);
    }

    /** The same with another transport or loop. */
    public RngConfig setup(VirtioSetup other) {
        return new RngConfig(source, other, events);
    }

    /** The same with somebody who is told what happens. */
    public RngConfig events(RngEvents hearer) {
        return new RngConfig(source, setup, hearer);
    }
}
