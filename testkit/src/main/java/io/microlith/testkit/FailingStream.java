// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import java.io.IOException;
import java.io.OutputStream;

/** A stream that takes nothing. */
public final class FailingStream extends OutputStream {
    private final IOException cause;

    /**
     * Makes a stream.
     *
     * @param cause what each write throws
     */
    public FailingStream(IOException cause) {
        this.cause = cause;
    }

    @Override
    public void write(int value) throws IOException {
        throw cause;
    }
}
