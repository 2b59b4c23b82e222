// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.error.VmmException;
import java.nio.file.Path;

/** A snapshot's files cannot be written or read: the medium's fault, and not that of what is in them. */
public final class SnapshotException extends VmmException {
    private static final long serialVersionUID = 1;

    /**
     * Makes an exception.
     *
     * @param path which file or directory
     * @param problem what is wrong, and how to mend it
     * @param cause what the host said
     */
    public SnapshotException(Path path, String problem, Throwable cause) {
        super("snapshot " + path + ": " + problem, cause);
    }
}
