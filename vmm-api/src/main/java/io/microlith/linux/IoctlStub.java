// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code ioctl} by a stub of its own, which does not learn the error: the way to {@code errno} is code and memory that
 * nothing else of a call touches. Linking it takes milliseconds, once, at the first call; see {@link IoctlCall} for
 * when. Not declared variadic, as all calls of {@link Libc}, which says why.
 */
final class IoctlStub {
    private static final Logger LOG = LoggerFactory.getLogger(IoctlStub.class);

    /** Nothing if it cannot be linked: each call is an error then, and made again by {@link Libc}. */
    private static final @Nullable MethodHandle CALL = link();

    private IoctlStub() {}

    @SuppressWarnings("restricted")
    private static @Nullable MethodHandle link() {
        try {
            return Linker.nativeLinker()
                    .downcallHandle(Libc.IOCTL, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
        } catch (RuntimeException | OutOfMemoryError e) {
            // A machine that runs already does not end for what would make it faster.
            LOG.warn("exits stay as they are, for a faster call cannot be linked: {}", e.toString());
            return null;
        }
    }

    /** Makes a call. Returns what the function does: -1 is an error. */
    static int call(int fd, long request, long argument) {
        if (CALL == null) {
            return -1;
        }
        try {
            return (int) CALL.invokeExact(fd, request, argument);
        } catch (Throwable t) {
            // The handle is linked with these very types, and a downcall cannot throw.
            throw new AssertionError(t);
        }
    }
}
