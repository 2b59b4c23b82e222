// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmSignalMaskLayout;
import io.microlith.linux.ThreadSignal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gets a vCPU out of the guest from any thread, without a signal handler.
 *
 * <p>The vCPU's thread keeps a real-time signal blocked. {@code KVM_SET_SIGNAL_MASK} has the kernel unblock it for the
 * length of {@code KVM_RUN} and block it again before that returns: a pending one makes the call return {@code EINTR},
 * at its start or in the middle of the guest, and is never delivered. {@code immediate_exit} does the same for an entry
 * that has not begun, without a signal.
 *
 * <h2>No kick is lost, and what was written before it is seen</h2>
 *
 * <p>A kick does, in this order, all volatile: (K1) count up, (K2) set {@code immediate_exit}, (K3) read whether a
 * thread is bound and, if so, send it the signal. The vCPU's thread, when {@code KVM_RUN} returned {@code EINTR}, does:
 * (V1) clear {@code immediate_exit}, (V2) take the pending signal, (V3) read the count; then it returns
 * {@code INTERRUPTED}.
 *
 * <ul>
 *   <li>K1 before V3 in the order of volatile accesses: the return belongs to this kick, and the read at V3 makes all
 *       that the kicker wrote before visible to what follows the return. K2 or K3 may still come after V1 or V2; then
 *       the next call returns once more for nothing, which the contract allows.
 *   <li>K1 after V3: then K2 is after V1, nothing clears the flag before the next {@code KVM_RUN}, and that returns
 *       {@code EINTR}: the return there belongs to this kick.
 *   <li>{@code KVM_RUN} is inside the guest, or asleep for a halted guest, and not at its start: the flag was read too
 *       early, and K3's signal gets it out, since it is unblocked from before the flag is read until after the guest is
 *       left.
 *   <li>No thread bound at K3: binding writes the thread (volatile, with a full fence after it) before it can call
 *       {@code KVM_RUN}, and the kicker wrote the flag before it read that no thread was there; so the first
 *       {@code KVM_RUN} finds the flag.
 * </ul>
 *
 * <p>The bound: with the signal sent, the kernel interrupts the processor the vCPU is on (or wakes the thread that
 * sleeps for a halted guest), and {@code KVM_RUN} returns as soon as that thread is scheduled: microseconds, plus the
 * host's scheduling delay. Device code that runs on the vCPU's thread between two calls comes on top.
 *
 * <h2>The signal never hits another thread</h2>
 *
 * <p>Such a signal would end a process whose thread does not block it, so it must never go to a thread that inherited
 * the number of one that has ended. Sending and unbinding exclude each other by a lock; a thread that ends without
 * unbinding is caught by {@link Thread#isAlive}. Unbinding takes what is still pending: a thread that ends gets its old
 * signal mask back from the JVM, and would be hit then.
 */
final class KickSwitch {
    /** A real-time signal that neither glibc (32, 33) nor the JVM uses. Other threads do not notice it. */
    private static final int SIGNAL = 40;

    /** sizeof(sigset_t) of the kernel. */
    private static final int KERNEL_SIGSET_SIZE = 8;

    /** A thread and how to reach it. */
    private record Bound(Thread thread, ThreadSignal signal) {}

    private final KvmRun run;
    private final AtomicInteger kicks = new AtomicInteger();
    private final Object sending = new Object();

    /** Written under the lock. */
    private volatile @Nullable Bound bound;

    private volatile boolean closed;

    /** The bound thread's own copy. */
    private @Nullable ThreadSignal signal;

    KickSwitch(KvmRun run) {
        this.run = run;
    }

    /** Makes the calling thread the one that is kicked. */
    void bind(KvmFile vcpu, Supplier<String> detail) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a vCPU needs a platform thread");
        }
        ThreadSignal own = ThreadSignal.block(SIGNAL);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(KvmSignalMaskLayout.SIZE + KERNEL_SIGSET_SIZE, Long.BYTES);
            mask.set(JAVA_INT, KvmSignalMaskLayout.LEN, KERNEL_SIGSET_SIZE);
            mask.set(JAVA_LONG_UNALIGNED, KvmSignalMaskLayout.SIGSET, own.maskWithout());
            vcpu.call(KvmIoctl.KVM_SET_SIGNAL_MASK, mask, detail);
        }
        signal = own;
        synchronized (sending) {
            bound = new Bound(Thread.currentThread(), own);
        }
    }

    /** No thread is kicked from now on. */
    void unbind() {
        synchronized (sending) {
            bound = null;
        }
        takeSignals();
        signal = null;
    }

    void kick() {
        kicks.getAndIncrement();
        synchronized (sending) {
            if (closed) {
                return;
            }
            run.requestExit();
            Bound target = bound;
            if (target != null && target.thread().isAlive()) {
                var _ = target.signal().send();
            }
        }
    }

    /** The vCPU's thread came out of {@code KVM_RUN} with {@code EINTR}. */
    void acknowledge() {
        run.allowEntry();
        takeSignals();
        // Only for its memory order: see V3.
        var _ = kicks.get();
    }

    private void takeSignals() {
        ThreadSignal own = signal;
        while (own != null && own.take()) {
            // Real-time signals queue: each kick sent one.
        }
    }

    /** The run page goes: kicks have no effect from now on. */
    void close() {
        synchronized (sending) {
            closed = true;
            bound = null;
        }
    }
}
