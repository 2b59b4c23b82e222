// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.limit;

import io.microlith.virtio.setup.SetupOptions;
import io.microlith.vmm.error.ConfigException;
import java.util.function.Supplier;

/**
 * The options in text of a device that has limits: {@code bandwidth} and {@code ops} are the most bytes and operations
 * in a second, 0 (default) for no limit.
 */
public final class LimitOptions {
    private LimitOptions() {}

    /**
     * Takes the two.
     *
     * @return makes limiters of their own with these limits
     * @throws ConfigException if one is no number, or less than 0
     */
    public static Supplier<RateLimiter> take(SetupOptions left) {
        long bandwidth = left.takeNumber("bandwidth", RateLimiter.UNLIMITED, 0, Long.MAX_VALUE);
        long ops = left.takeNumber("ops", RateLimiter.UNLIMITED, 0, Long.MAX_VALUE);
        return () -> RateLimiter.of(bandwidth, ops);
    }
}
