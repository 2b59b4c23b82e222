// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * {@code ioctl} by a stub of its own, which does not learn the error: half of what a call costs in this process is the
 * way to {@code errno}. Linking it takes milliseconds, once, at the first call; see {@link IoctlCall} for when.
 */
final class IoctlStub {
    private static final MethodHandle CALL = link();

    private IoctlStub() {}

    @SuppressWarnings("restricted")
    private static MethodHandle link() {
        return Linker.nativeLinker()
                .downcallHandle(Libc.IOCTL, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    }

    /** Makes a call. Returns what the function does: -1 is an error. */
    static int call(int fd, long request, long argument) {
        try {
            return (int) CALL.invokeExact(fd, request, argument);
        } catch (Throwable t) {
            // The handle is linked with these very types, and a downcall cannot throw.
            throw new AssertionError(t);
        }
    }
}
