// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import java.util.List;
import java.util.OptionalLong;

/** How many files this process may open: a VM takes about a dozen. */
final class LimitCheck implements Check {
    private static final long FEW = 1024;

    private final HostFiles host;

    LimitCheck(HostFiles host) {
        this.host = host;
    }

    @Override
    public List<Finding> findings() {
        String subject = "open files";
        OptionalLong limit = host.field("proc/self/limits", "Max open files");
        if (limit.isEmpty()) {
            return List.of(Finding.ok(subject, "unlimited"));
        }
        String state = "at most " + limit.getAsLong();
        return List.of(
                limit.getAsLong() >= FEW
                        ? Finding.ok(subject, state)
                        : Finding.note(subject, state + ": enough for a few VMs", "raise it with 'ulimit -n 65536'"));
    }
}
