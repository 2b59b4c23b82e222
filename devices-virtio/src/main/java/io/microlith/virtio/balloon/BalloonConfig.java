// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.vmm.error.ConfigException;
import java.time.Duration;
import java.util.Set;

/**
 * What an embedder decides about a balloon.
 *
 * @param control the embedder's hand on it
 * @param features what it can do beside growing and shrinking
 * @param statistics how often the guest is asked about its memory; zero if it is not
 * @param setup what all virtio devices have to be told
 * @param events whom to tell what happens
 */
public record BalloonConfig(
        BalloonControl control,
        Set<BalloonFeature> features,
        Duration statistics,
        VirtioSetup setup,
        BalloonEvents events) {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(365);

    /** Refuses an interval that cannot be. */
    public BalloonConfig {
        features = Set.copyOf(features);
        if (!statistics.isZero() && (statistics.compareTo(SHORTEST) < 0 || statistics.compareTo(LONGEST) > 0)) {
            throw new ConfigException(
                    "balloon.statistics", statistics + " is neither zero nor " + SHORTEST + " to " + LONGEST);
        }
    }

    /** A balloon that grows and shrinks. */
    public static BalloonConfig of(BalloonControl control) {
        return new BalloonConfig(control, Set.of(), Duration.ZERO, VirtioSetup.DEFAULT, BalloonEvents.NONE);
    }

    /** The same that can do other things. */
    public BalloonConfig features(BalloonFeature... others) {
        return new BalloonConfig(control, Set.of(others), statistics, setup, events);
    }

    /** The same that asks the guest about its memory. */
    public BalloonConfig statistics(Duration interval) {
        return new BalloonConfig(control, features, interval, setup, events);
    }

    /** The same with another transport or loop. */
    public BalloonConfig setup(VirtioSetup other) {
        return new BalloonConfig(control, features, statistics, other, events);
    }

    /** The same with somebody who is told what happens. */
    public BalloonConfig events(BalloonEvents hearer) {
        return new BalloonConfig(control, features, statistics, setup, hearer);
    }
}
