// SPDX-License-Identifier: Apache-2.0
/** Snapshots: a machine's state and memory in files, and the ways back. */
module io.microlith.snapshot {
    requires transitive io.microlith.vmm;
    requires com.github.luben.zstd_jni;
    requires java.net.http;
    requires jdk.httpserver;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.microlith.snapshot;
    exports io.microlith.snapshot.pager;

    provides io.microlith.vmm.RestorationProvider with
            io.microlith.snapshot.SnapshotProvider;
}
