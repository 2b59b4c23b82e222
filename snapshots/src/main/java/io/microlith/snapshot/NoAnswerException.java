// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.io.IOException;
import java.time.Duration;

/** A medium did not answer within the time that somebody is ready to wait for it. */
final class NoAnswerException extends IOException {
    private static final long serialVersionUID = 1;

    NoAnswerException(Duration patience) {
        super("no answer for " + patience.toMillis() + " ms");
    }
}
