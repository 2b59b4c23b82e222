// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import java.util.List;

/** Looks at one side of a host. Changes nothing there. */
interface Check {
    /** What was found, what matters most first. A host that refuses to be looked at is a finding, too. */
    List<Finding> findings();
}
