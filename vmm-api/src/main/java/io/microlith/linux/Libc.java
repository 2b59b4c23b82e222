// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * libc, called.
 *
 * <p>Every function used here takes at most six integers or pointers and returns one, so a single call shape serves
 * them all: the first argument selects the function, and each JVM start links one stub instead of thirty. An
 * {@code int} argument travels in the low half of its register; an {@code int} result is cut to 32 bits by
 * {@link #callInt}.
 *
 * <p>The shape is not declared variadic, though {@code ioctl}, {@code open} and {@code fcntl} are. On AArch64 Linux
 * variadic calls are like all others (AAPCS64 6.4.1). On x86-64 the one difference is that AL bounds the vector
 * registers in use (System V ABI 3.5.7), so that a callee that saves them need not save all eight. Compilers that can
 * build the oldest glibc needed here (2.30, by GCC 6.2 or later) only test whether AL is zero, and then save eight or
 * none, into room that is there in any case: with no vector arguments, no value of AL does harm. Declaring it costs
 * every JVM start four more classes made at run time, a fifth of a hello world.
 *
 * <p>Results: zero or positive, or a negative error number. Nothing here throws, except that every call throws
 * {@link NativeAccessException} in a JVM that denies native access.
 */
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();

    private static final @Nullable MethodHandle CALL;

    /**
     * Why there is no {@link #CALL}. Thrown at each call and not here, where the embedder would get an
     * {@link ExceptionInInitializerError} once and {@link NoClassDefFoundError} from then on.
     */
    private static final @Nullable IllegalCallerException DENIAL;

    static {
        MethodHandle call = null;
        IllegalCallerException denial = null;
        try {
            call = link();
        } catch (IllegalCallerException e) {
            denial = e;
        }
        CALL = call;
        DENIAL = denial;
    }

    /** The size of what a thread needs to learn its own {@code errno}. */
    private static final long CAPTURE_SIZE = 4;

    private static final ThreadLocal<MemorySegment> CAPTURE = ThreadLocal.withInitial(Libc::newCapture);

    static final MemorySegment IOCTL = function("ioctl");
    static final MemorySegment OPEN = function("open");
    static final MemorySegment CLOSE = function("close");
    static final MemorySegment MMAP = function("mmap");

    private Libc() {}

    @SuppressWarnings("restricted")
    private static MethodHandle link() {
        FunctionDescriptor shape =
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        return LINKER.downcallHandle(shape, Linker.Option.captureCallState("errno"));
    }

    static MemorySegment function(String name) {
        return SYMBOLS.find(name)
                .orElseThrow(() ->
                        new UnsatisfiedLinkError("libc has no function '" + name + "': glibc 2.30 or newer is needed"));
    }

    /**
     * A string as C has it, in UTF-8. The arena's own way links a handle for bytes, which nothing else at a start
     * needs.
     */
    static MemorySegment string(SegmentAllocator allocator, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        MemorySegment string = allocator.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, string, JAVA_BYTE, 0, bytes.length);
        return string;
    }

    /** Memory for one thread's {@code errno}. Lives as long as it is reachable; never shared between threads. */
    static MemorySegment newCapture() {
        return Arena.ofAuto().allocate(CAPTURE_SIZE, CAPTURE_SIZE);
    }

    /** Calls a function that returns {@code int}. */
    static int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        return callInt(CAPTURE.get(), function, a, b, c, d, e, f);
    }

    static int call(MemorySegment function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0);
    }

    /** The same with the caller's own capture segment: what loops use. */
    static int callInt(MemorySegment capture, MemorySegment function, long a, long b, long c, long d, long e, long f) {
        int result = (int) invoke(capture, function, a, b, c, d, e, f);
        return result == -1 ? -capture.get(JAVA_INT, 0) : result;
    }

    /** Calls a function that returns {@code long}, {@code ssize_t} or a pointer, with -1 as its error. */
    static long callLong(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        MemorySegment capture = CAPTURE.get();
        long result = invoke(capture, function, a, b, c, d, e, f);
        return result == -1 ? -capture.get(JAVA_INT, 0) : result;
    }

    private static long invoke(
            MemorySegment capture, MemorySegment function, long a, long b, long c, long d, long e, long f) {
        if (CALL == null) {
            throw new NativeAccessException(Libc.class.getModule(), DENIAL);
        }
        try {
            return (long) CALL.invokeExact(function, capture, a, b, c, d, e, f);
        } catch (Throwable t) {
            // The handle is linked with these very types, and a downcall cannot throw.
            throw new AssertionError(t);
        }
    }
}
