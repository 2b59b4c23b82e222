// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.setup.SetupOptions;
import io.microlith.virtio.setup.VirtioFactory;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.StateReader;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes balloons. {@link Balloon} has shorter ways to say most configurations.
 *
 * <p>Options in text: {@code target} is how many bytes of the guest's memory the balloon is to take; {@code stats} is
 * how many seconds are between two questions about the guest's memory, 0 (default) for none; {@code reporting},
 * {@code hinting} and {@code deflate-on-oom} are {@code true} or {@code false} (default); and those of
 * {@link SetupOptions}.
 */
public final class BalloonFactory implements VirtioFactory<BalloonConfig, BalloonState> {
    private static final long MOST_SECONDS = 86_400;

    /** Makes a factory. */
    public BalloonFactory() {}

    @Override
    public String type() {
        return "balloon";
    }

    @Override
    public BalloonConfig configure(Map<String, String> options) {
        SetupOptions left = SetupOptions.of(type(), options);
        BalloonControl control = new BalloonControl();
        control.setTarget(Size.bytes(left.takeNumber("target", 0, 0, Long.MAX_VALUE)));
        BalloonConfig config = BalloonConfig.of(control)
                .statistics(Duration.ofSeconds(left.takeNumber("stats", 0, 0, MOST_SECONDS)))
                .features(features(left).toArray(BalloonFeature[]::new))
                .setup(left.takeSetup());
        left.requireNone();
        return config;
    }

    private static Set<BalloonFeature> features(SetupOptions left) {
        Set<BalloonFeature> features = EnumSet.noneOf(BalloonFeature.class);
        if (left.takeFlag("reporting")) {
            features.add(BalloonFeature.REPORTING);
        }
        if (left.takeFlag("hinting")) {
            features.add(BalloonFeature.HINTING);
        }
        if (left.takeFlag("deflate-on-oom")) {
            features.add(BalloonFeature.DEFLATE_ON_OOM);
        }
        return features;
    }

    @Override
    public Device create(BalloonConfig config, DeviceContext context) {
        return new BalloonDevice(config, Optional.empty(), context);
    }

    @Override
    public Device restore(BalloonConfig config, BalloonState state, DeviceContext context) {
        return new BalloonDevice(config, Optional.of(state), context);
    }

    @Override
    public BalloonState read(StateReader reader) {
        return BalloonState.read(reader);
    }
}
