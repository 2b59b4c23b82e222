// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import io.microlith.vmm.error.VmmException;
import org.jspecify.annotations.Nullable;

/** The JVM was started without the right to call native functions. The message names the flag to add. */
public final class NativeAccessException extends VmmException {
    private static final long serialVersionUID = 1L;

    NativeAccessException(Module caller, @Nullable IllegalCallerException cause) {
        super(
                "native access is denied to " + (caller.isNamed() ? "module " + caller.getName() : "the class path")
                        + ": start the JVM with " + flag(caller),
                cause);
    }

    /** The command line flag that gives {@code caller} native access. */
    static String flag(Module caller) {
        return "--enable-native-access=" + (caller.isNamed() ? caller.getName() : "ALL-UNNAMED");
    }
}
