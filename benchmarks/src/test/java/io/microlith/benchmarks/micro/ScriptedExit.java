// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.micro;

import io.microlith.vmm.VcpuExit;

/**
 * The same access each time: one write of the value 1.
 *
 * @param address the port or guest-physical address
 * @param size the bytes
 */
record ScriptedExit(long address, int size) implements VcpuExit {
    @Override
    public boolean isWrite() {
        return true;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public long data(int i) {
        return 1;
    }

    @Override
    public void respond(int i, long value) {
        throw new IllegalStateException("a write has no answer");
    }
}
