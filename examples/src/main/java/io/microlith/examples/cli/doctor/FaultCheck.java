// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import java.util.List;

/** Whether this user may serve page faults, kernel mode ones included, by userfaultfd(2). */
final class FaultCheck implements Check {
    private static final String DEVICE = "dev/userfaultfd";
    private static final String SETTING = "proc/sys/vm/unprivileged_userfaultfd";

    private final HostFiles host;
    private final boolean root;

    FaultCheck(HostFiles host, boolean root) {
        this.host = host;
        this.root = root;
    }

    @Override
    public List<Finding> findings() {
        String subject = "userfaultfd";
        if (root || host.isReadWrite(DEVICE) || host.number(SETTING).orElse(0) == 1) {
            return List.of(Finding.ok(subject, "guest memory can be filled as it is touched"));
        }
        return List.of(Finding.note(
                subject,
                "not for this user: guest memory cannot be filled as it is touched",
                "as root: setfacl -m u:USER:rw /" + DEVICE));
    }
}
