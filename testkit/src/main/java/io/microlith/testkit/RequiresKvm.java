// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.error.HypervisorException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests that run guests. Where no hypervisor can be opened they are skipped, with a line on standard error; with
 * {@code MICROLITH_REQUIRE_KVM=1} in the environment they fail there.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("kvm")
@ExtendWith(RequiresKvm.Condition.class)
public @interface RequiresKvm {
    /** What JUnit asks before it runs such tests. */
    final class Condition implements ExecutionCondition {
        /** For JUnit. */
        public Condition() {}

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            try (Hypervisor hypervisor = Hypervisor.open()) {
                return ConditionEvaluationResult.enabled(hypervisor + " is there");
            } catch (HypervisorException e) {
                if ("1".equals(System.getenv("MICROLITH_REQUIRE_KVM"))) {
                    throw e;
                }
                System.err.println("SKIPPED " + context.getDisplayName() + ": " + e.getMessage());
                return ConditionEvaluationResult.disabled(e.getMessage());
            }
        }
    }
}
