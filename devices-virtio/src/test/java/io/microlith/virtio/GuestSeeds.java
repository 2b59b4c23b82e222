// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.testkit.FakeDeviceContext;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has a device's unit tests write the corpus of its fuzz target, so that fuzzing begins where they end: what the guest
 * of a machine does becomes a script for {@link HostileGuest}. A field of the test, with {@code @RegisterExtension}.
 */
// Only tests use it.
@SuppressWarnings("exports")
public final class GuestSeeds implements AfterEachCallback {
    private static final String METHOD = "guest_anyScript_harmsNothing";

    private final List<Class<?>> targets;
    private final List<GuestSeed> seeds = new ArrayList<>();

    /** Writes for classes that have a fuzz target {@value #METHOD}. */
    public GuestSeeds(Class<?>... targets) {
        this.targets = List.of(targets);
    }

    /** Sees what the guest of a machine does. Returns the machine. */
    public FakeDeviceContext of(FakeDeviceContext machine) {
        GuestSeed seed = new GuestSeed(machine);
        seeds.add(seed);
        machine.watch(seed);
        return machine;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        String test = context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName();
        for (int i = 0; i < seeds.size(); i++) {
            for (Class<?> target : targets) {
                seeds.get(i).script().save(target, METHOD, test + "." + i);
            }
        }
    }
}
