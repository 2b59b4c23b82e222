// SPDX-License-Identifier: Apache-2.0
/** The driver's side of virtio, and the contract of every virtio device, for tests of them. */
module io.microlith.virtio.testkit {
    requires transitive io.microlith.testkit;
    requires transitive net.jqwik.api;
    requires static transitive org.jspecify;

    exports io.microlith.virtio.testkit;
}
