// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has unit tests write the corpus of a fuzz target with scripts of its own, which the tests' driver fills. A field of
 * the test, with {@code @RegisterExtension}.
 */
// Only tests use it.
@SuppressWarnings("exports")
public final class ScriptSeeds implements AfterEachCallback {
    private final Class<?> target;
    private final String method;
    private final List<SeedWriter> scripts = new ArrayList<>();

    /** Writes for a method of a class. */
    public ScriptSeeds(Class<?> target, String method) {
        this.target = target;
        this.method = method;
    }

    /** Begins one more script. */
    public SeedWriter begin() {
        SeedWriter script = new SeedWriter();
        scripts.add(script);
        return script;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        String test = context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName();
        for (int i = 0; i < scripts.size(); i++) {
            scripts.get(i).save(target, method, test + "." + i);
        }
    }
}
