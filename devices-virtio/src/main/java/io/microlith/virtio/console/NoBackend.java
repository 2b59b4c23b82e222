// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.vmm.event.EventLoop;

/** The host's end of a port that is not there. */
enum NoBackend implements PortBackend {
    INSTANCE;

    @Override
    public void start(PortLink link, EventLoop loop) {}

    @Override
    public long read(PortBuffer into) {
        return 0;
    }

    @Override
    public long write(PortBuffer from) {
        return from.size();
    }

    @Override
    public void close() {}
}
