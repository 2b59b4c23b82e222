// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.CommandException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What a peer says, as far as it is no more than it may be. One thread at a time. */
final class BoundedInput extends FilterInputStream {
    private final int most;
    private long taken;

    /**
     * Of a peer.
     *
     * @param most the bytes that it may say; one more is a {@link CommandException}
     */
    BoundedInput(InputStream in, int most) {
        super(in);
        this.most = most;
    }

    @Override
    public int read() throws IOException {
        int value = in.read();
        take(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        take(Math.max(0, count));
        return count;
    }

    private void take(int count) {
        taken += count;
        if (taken > most) {
            throw new CommandException("more than " + most + " bytes are asked");
        }
    }
}
