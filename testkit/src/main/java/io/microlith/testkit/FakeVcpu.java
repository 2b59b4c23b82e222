// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.ExitReason;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.VcpuExit;
import io.microlith.vmm.VcpuFault;
import io.microlith.vmm.bus.AddressRange;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A vCPU that makes the exits it was given, and then waits in {@link #run} to be kicked or given more. It watches over
 * the contract of {@link Vcpu}: see {@link FakeHypervisor#violations}.
 */
public final class FakeVcpu implements Vcpu {
    private final int index;
    private final Violations violations;
    private final VcpuExit view = new View();
    private final List<Long> answers = new CopyOnWriteArrayList<>();
    private final List<AddressRange> preFaulted = new CopyOnWriteArrayList<>();
    private final AtomicInteger announcements = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<FakeExit> injected = new ArrayDeque<>();
    private Iterator<FakeExit> program = Collections.emptyIterator();
    private FakeExit exit = FakeExit.of(ExitReason.INTERRUPTED);
    private boolean complete = true;
    private boolean poweredOn;
    private boolean kicked;
    private boolean waiting;
    private boolean inside;
    private boolean closed;
    private @Nullable Thread bound;
    private long runs;

    FakeVcpu(int index, Violations violations) {
        this.index = index;
        this.violations = violations;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public void preFault(List<AddressRange> ranges) {
        lock.lock();
        try {
            violations.require(!inside && !closed, "preFault of a vCPU in the guest, or a closed one");
            preFaulted.addAll(ranges);
        } finally {
            lock.unlock();
        }
    }

    /** As that of a guest with a paravirtual clock. */
    @Override
    public boolean announcePause() {
        lock.lock();
        try {
            violations.require(
                    Thread.currentThread().equals(bound) && !inside, "announcePause by another thread than the vCPU's");
            announcements.incrementAndGet();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void bindToThread() {
        lock.lock();
        try {
            violations.require(!closed, "bindToThread of a closed vCPU");
            violations.require(bound == null, "bindToThread of a vCPU that is bound");
            violations.require(!Thread.currentThread().isVirtual(), "a vCPU needs a platform thread");
            bound = Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unbindFromThread() {
        lock.lock();
        try {
            violations.require(
                    bound == null || bound.equals(Thread.currentThread()), "unbindFromThread of another thread");
            bound = null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ExitReason run() {
        lock.lock();
        try {
            violations.require(!closed, "run of a closed vCPU");
            violations.require(Thread.currentThread().equals(bound), "run on a thread that is not bound");
            violations.require(poweredOn, "run of a vCPU that was not powered on after its platform");
            runs++;
            complete = true;
            inside = true;
            while (true) {
                if (kicked) {
                    kicked = false;
                    return leave(FakeExit.of(ExitReason.INTERRUPTED));
                }
                FakeExit next = next();
                if (next != null) {
                    return leave(next);
                }
                waiting = true;
                changed.signalAll();
                changed.awaitUninterruptibly();
                waiting = false;
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable FakeExit next() {
        FakeExit first = injected.poll();
        return first != null || !program.hasNext() ? first : program.next();
    }

    private ExitReason leave(FakeExit why) {
        inside = false;
        exit = why;
        complete = !why.isAccess();
        return why.reason();
    }

    @Override
    public VcpuExit exit() {
        return view;
    }

    @Override
    public void kick() {
        lock.lock();
        try {
            violations.require(!closed, "kick of a closed vCPU");
            kicked = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public VcpuFault fault() {
        return new VcpuFault(index, "FAKE_EXIT_" + exit.reason(), "", "no registers");
    }

    @Override
    public void close() {
        lock.lock();
        try {
            violations.require(!inside, "close of a vCPU in the guest");
            violations.require(bound == null, "close of a vCPU that is bound to a thread");
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Has the vCPU start a program, as from power-on. On its own thread, with no access half done. */
    void start(Iterator<FakeExit> exits) {
        lock.lock();
        try {
            violations.require(Thread.currentThread().equals(bound), "power-on on a thread that is not bound");
            violations.require(complete, "power-on of a vCPU with an access half done");
            program = exits;
            poweredOn = true;
        } finally {
            lock.unlock();
        }
    }

    /** The platform is powered on: the vCPU has to follow before it runs. */
    void platformPoweredOn() {
        lock.lock();
        try {
            violations.require(!inside, "power-on while a vCPU is in the guest");
            poweredOn = false;
        } finally {
            lock.unlock();
        }
    }

    /** Has the guest make an exit next, before the others it was given. Any thread. */
    public void inject(FakeExit next) {
        lock.lock();
        try {
            injected.add(next);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the vCPU is in the guest and has nothing to do. */
    public void awaitIdle() {
        lock.lock();
        try {
            while (!waiting || kicked || !injected.isEmpty()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the vCPU is in the guest now. */
    public boolean isInGuest() {
        lock.lock();
        try {
            return inside;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the last access is complete: only then the registers would be those after it. */
    public boolean isComplete() {
        lock.lock();
        try {
            return complete;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the vCPU was closed. */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** How often the vCPU was run. */
    public long runs() {
        lock.lock();
        try {
            return runs;
        } finally {
            lock.unlock();
        }
    }

    /** The memory that was mapped before the guest touched it, in the order given. */
    public List<AddressRange> preFaulted() {
        return List.copyOf(preFaulted);
    }

    /** How often the guest was told that it stood still. */
    public int announcements() {
        return announcements.get();
    }

    /** What reads of the guest were answered with so far, in order. */
    public List<Long> answers() {
        return List.copyOf(answers);
    }

    /** The last exit. Only the vCPU's thread looks at it, between two runs. */
    private final class View implements VcpuExit {
        @Override
        public boolean isWrite() {
            return exit.isWrite();
        }

        @Override
        public long address() {
            return exit.address();
        }

        @Override
        public int size() {
            return exit.size();
        }

        @Override
        public int count() {
            return exit.data().size();
        }

        @Override
        public long data(int i) {
            return exit.data().get(i);
        }

        @Override
        public void respond(int i, long value) {
            violations.require(!exit.isWrite() && !complete, "an answer to no question");
            violations.require(i >= 0 && i < exit.data().size(), "an answer to access " + i + " of " + exit);
            long mask = exit.size() == Long.BYTES ? -1 : (1L << (exit.size() * Byte.SIZE)) - 1;
            answers.add(value & mask);
        }
    }
}
