// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.baseline;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests that need gcc. Where there is none they are skipped, with a line on standard error. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresCompiler.Condition.class)
public @interface RequiresCompiler {
    /** Looks for the compiler. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            try {
                Process gcc = new ProcessBuilder("gcc", "--version")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                gcc.onExit().join();
                return ConditionEvaluationResult.enabled("gcc is there");
            } catch (IOException e) {
                System.err.println("SKIPPED " + context.getDisplayName() + ": " + e.getMessage());
                return ConditionEvaluationResult.disabled("no gcc");
            }
        }
    }
}
