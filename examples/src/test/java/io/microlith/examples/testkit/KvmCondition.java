// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.testkit;

import io.microlith.kvm.KvmHypervisor;
import io.microlith.vmm.error.HypervisorException;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What {@link RequiresKvm} does. */
final class KvmCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        try {
            KvmHypervisor.open().close();
            return ConditionEvaluationResult.enabled("KVM is there");
        } catch (HypervisorException e) {
            if ("1".equals(System.getenv("MICROLITH_REQUIRE_KVM"))) {
                throw e;
            }
            System.err.println("SKIPPED " + context.getDisplayName() + ": " + e.getMessage());
            return ConditionEvaluationResult.disabled(e.getMessage());
        }
    }
}
