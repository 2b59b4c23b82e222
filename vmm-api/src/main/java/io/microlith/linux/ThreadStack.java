// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calling thread's stack, as far as it is unused.
 *
 * <p>As a thread begins, the JVM touches 20 pages ahead of where it is ({@code StackShadowPages}), and the interpreter
 * does so again each time it is deeper than ever before; compiled code touches a page of them. A thread that then
 * sleeps, as that of an idle vCPU does, keeps 80 KiB of the host's memory for nothing: a third of what a machine takes
 * that was cloned.
 */
public final class ThreadStack {
    private static final boolean KNOWN = System.getProperty("os.arch").equals("amd64");

    /** sizeof(ucontext_t) of glibc is 968 on x86-64. */
    private static final long CONTEXT_SIZE = 1024;

    /** uc_mcontext.gregs[REG_RSP]: behind uc_flags, uc_link and uc_stack, the sixteenth of eight bytes each. */
    private static final long CONTEXT_POINTER = 40 + 15 * 8;

    /** sizeof(pthread_attr_t) is 56 on x86-64. */
    private static final long ATTRIBUTES_SIZE = 64;

    private static final long PAGE = 4096;

    /**
     * Below the stack pointer that one call of C saw, another one may see its own: if the JVM interprets what it had
     * compiled before, by some 5 KiB.
     */
    private static final long KEPT = 3 * PAGE;

    /** How far it is looked for something to give back: some more than is touched. */
    private static final long REACH = 256L << 10;

    private static final Logger LOG = LoggerFactory.getLogger(ThreadStack.class);

    private ThreadStack() {}

    /**
     * Gives the host back what the calling thread does not use of its stack. Worth its few system calls once, when a
     * thread has begun. Does nothing where it is not known how, or there is no memory to do it with.
     */
    public static void trim() {
        if (!KNOWN) {
            return;
        }
        try {
            Native.discardBelow(Native.pointer());
        } catch (LinkageError | OutOfMemoryError e) {
            LOG.debug("a thread keeps what it does not use of its stack", e);
        }
    }

    /** Where the calling thread's stack ends at the moment, an address; 0 if that is not known. */
    static long pointer() {
        return KNOWN ? Native.pointer() : 0;
    }

    /** What only glibc on x86-64 has for sure. */
    private static final class Native {
        private static final MemorySegment GETCONTEXT = Libc.function("getcontext");
        private static final MemorySegment SELF = Libc.function("pthread_self");
        private static final MemorySegment GETATTR = Libc.function("pthread_getattr_np");
        private static final MemorySegment GETSTACK = Libc.function("pthread_attr_getstack");
        private static final MemorySegment DESTROY = Libc.function("pthread_attr_destroy");

        static long pointer() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment context = arena.allocate(CONTEXT_SIZE, Long.BYTES * 2L);
                int result = Libc.call(GETCONTEXT, context.address(), 0, 0);
                return result < 0 ? 0 : context.get(JAVA_LONG, CONTEXT_POINTER);
            }
        }

        /** NATIVE: what is below the stack pointer of the calling thread is nobody's, and comes back as zeros. */
        static void discardBelow(long pointer) {
            long end = pointer - KEPT & -PAGE;
            long begin = Math.max(lowest(pointer), end - REACH);
            if (begin < end) {
                // Stays if it cannot go: memory may be locked.
                var _ = Mapping.discard(begin, end - begin);
            }
        }

        /** The lowest address of the calling thread's stack; none is lower if it is not known, or has no such place. */
        private static long lowest(long pointer) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, Long.BYTES);
                MemorySegment stack = arena.allocate(2L * Long.BYTES, Long.BYTES);
                long self = Libc.callLong(SELF, 0, 0, 0, 0, 0, 0);
                // pthread functions return the error number itself.
                if (Libc.call(GETATTR, self, attributes.address(), 0) != 0) {
                    return Long.MAX_VALUE;
                }
                int error = Libc.call(GETSTACK, attributes.address(), stack.address(), stack.address() + Long.BYTES);
                var _ = Libc.call(DESTROY, attributes.address(), 0, 0);
                long lowest = stack.get(JAVA_LONG, 0);
                boolean inside = pointer >= lowest && pointer - lowest < stack.get(JAVA_LONG, Long.BYTES);
                return error == 0 && inside ? lowest : Long.MAX_VALUE;
            }
        }
    }
}
