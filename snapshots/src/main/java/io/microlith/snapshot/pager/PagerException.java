// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import io.microlith.vmm.error.VmmException;

/** Pages of a restored machine cannot be had. The machine has ended, or is about to. */
public final class PagerException extends VmmException {
    private static final long serialVersionUID = 1L;

    PagerException(String message, Throwable cause) {
        super(message, cause);
    }

    PagerException(String message) {
        super(message);
    }
}
