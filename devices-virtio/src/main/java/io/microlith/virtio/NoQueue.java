// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.QueueState;
import io.microlith.virtio.queue.VirtQueue;

/** A queue that the driver has not enabled. */
enum NoQueue implements VirtQueue {
    INSTANCE;

    @Override
    public int size() {
        return 0;
    }

    @Override
    public boolean pop(DescriptorChain into) {
        return false;
    }

    @Override
    public void undoPop() {}

    @Override
    public void prepareUsed(int head, int written) {}

    @Override
    public void publishUsed() {}

    @Override
    public boolean needsNotification() {
        return false;
    }

    @Override
    public void disableNotification() {}

    @Override
    public boolean enableNotification() {
        return false;
    }

    @Override
    public boolean isBroken() {
        return false;
    }

    @Override
    public QueueState save() {
        return QueueState.initial(0);
    }
}
