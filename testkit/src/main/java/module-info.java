// SPDX-License-Identifier: Apache-2.0
/** Doubles and contract tests for authors of devices. */
module io.microlith.testkit {
    requires transitive io.microlith.vmm;
    requires static transitive org.jspecify;
    requires transitive org.junit.jupiter.api;
    requires transitive org.assertj.core;

    exports io.microlith.testkit;
}
