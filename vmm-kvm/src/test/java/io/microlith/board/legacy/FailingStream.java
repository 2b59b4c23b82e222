// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import java.io.IOException;
import java.io.OutputStream;

/** A stream that takes nothing. */
final class FailingStream extends OutputStream {
    private final IOException cause;

    FailingStream(IOException cause) {
        this.cause = cause;
    }

    @Override
    public void write(int value) throws IOException {
        throw cause;
    }
}
