// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Pages of a file, at their own places in it. */
public final class FilePages implements PageSource {
    private final Fd file;

    /**
     * Opens a file.
     *
     * @throws SystemCallException if it cannot be opened
     */
    public FilePages(Path path) {
        file = Fd.open(path, Fd.O_RDONLY);
    }

    @Override
    public void read(long offset, MemorySegment into) throws IOException {
        PosixIo.readFully(file, into, offset);
    }

    @Override
    public void close() {
        file.close();
    }
}
