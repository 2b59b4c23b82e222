// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.linux.SystemCallException;
import io.microlith.linux.UserFaultFd;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests that serve page faults. Where the host has no userfaultfd for this process they are skipped, with a line on
 * standard error; root has one on any kernel that has them.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresUserFaultFd.Condition.class)
public @interface RequiresUserFaultFd {
    /** What JUnit asks before it runs such tests. */
    final class Condition implements ExecutionCondition {
        /** For JUnit. */
        public Condition() {}

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            try {
                UserFaultFd.open().close();
                return ConditionEvaluationResult.enabled("userfaultfd is there");
            } catch (SystemCallException e) {
                System.err.println("SKIPPED " + context.getDisplayName() + ": " + e.getMessage());
                return ConditionEvaluationResult.disabled(e.getMessage());
            }
        }
    }
}
