// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.linux.Fd;
import io.microlith.linux.MemFd;
import io.microlith.linux.Pollable;
import java.util.concurrent.atomic.AtomicInteger;

/** A file that is closed when the last of those who use it has let go of it. Any thread. */
final class SharedFile {
    private final Pollable file;
    private final Runnable close;
    private final AtomicInteger users = new AtomicInteger(1);

    private SharedFile(Pollable file, Runnable close) {
        this.file = file;
        this.close = close;
    }

    /** Takes a file over, for one user. */
    static SharedFile of(Fd file) {
        return new SharedFile(file, file::close);
    }

    /** Takes a file over, for one user. */
    static SharedFile of(MemFd file) {
        return new SharedFile(file, file::close);
    }

    Pollable file() {
        return file;
    }

    /** One more user, while there is one. */
    SharedFile share() {
        users.incrementAndGet();
        return this;
    }

    void letGo() {
        if (users.decrementAndGet() == 0) {
            close.run();
        }
    }
}
