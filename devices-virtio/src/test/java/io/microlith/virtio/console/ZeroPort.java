// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.vmm.event.EventLoop;

/** A host that always sends zeros and takes everything. */
record ZeroPort() implements PortBackend {
    private static final byte[] ZEROS = new byte[4096];

    @Override
    public void start(PortLink link, EventLoop loop) {
        link.hostOpened();
    }

    @Override
    public long read(PortBuffer into) {
        int given = (int) Math.min(ZEROS.length, into.size());
        into.put(0, ZEROS, 0, given);
        return given;
    }

    @Override
    public long write(PortBuffer from) {
        return from.size();
    }

    @Override
    public void close() {}
}
