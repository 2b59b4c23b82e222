// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.error.VmmException;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A VM's life: agrees with its vCPU threads on what they do next, and says where the VM is.
 *
 * <p>One lock guards it all. It is held for a few instructions and to kick vCPUs, never while device, board or listener
 * code runs: no request waits for such code.
 *
 * <p>The threads are there before the start, parked: they ready their vCPUs while the rest of the machine is built.
 *
 * <p>A request changes the phase and then kicks the vCPUs. A vCPU looks at the phase before each entry into the guest.
 * No request is lost: either the vCPU reads the new phase, or it read the old one before the change, and then the kick,
 * which comes after the change, gets it out of the entry that follows ({@link Vcpu#kick} affects the current call or
 * else the next one). Whatever that call returns, the phase is read again after it.
 */
final class RunControl {
    /** What vCPU threads are to do. */
    enum Phase {
        /** Nothing: the VM was not started, or is paused. */
        PARKED,
        /** Park; the last one to do so powers the platform on. */
        RESETTING,
        /** Nothing, while one of them powers the platform on. */
        LOADING,
        /** Power the vCPU on. */
        POWERING_ON,
        /** Run guest code. */
        RUNNING,
        /** Leave. */
        ENDING
    }

    /** What is under control. */
    interface Machine {
        /** Readies what has to be ready before guest code runs for the first time: while the VM is held. */
        void onStart();

        /** Powers the platform on: on a vCPU's thread, while all are parked. No lock is held. */
        void powerOn();

        /** Gets a vCPU out of the guest. Only while its thread may be there; the lock is held. */
        void kick(int vcpu);

        /** The VM has ended with an outcome: no vCPU runs any more. Returns at once; the lock is held. */
        void onEnded(VmOutcome outcome);
    }

    /** One vCPU thread's part in this. */
    private static final class Member {
        /** The thread was told to run guest code and has not come back since. */
        private boolean running;

        /** The power-on of the platform that the vCPU was powered on after. */
        private int generation;

        /** What it has to do while it is parked. */
        private @Nullable Errand errand;
    }

    /** Something that each parked thread does once. */
    private static final class Errand {
        private final IntConsumer task;

        /** How many have yet to be done with it. */
        private int left;

        private @Nullable RuntimeException failure;

        Errand(IntConsumer task, int left) {
            this.task = task;
            this.left = left;
        }
    }

    private final String id;
    private final Member[] members;
    private final Machine machine;
    private final Announcements announcements;

    /** The outcome if a thread leaves and not even the reason could be recorded: made while there was memory. */
    private final VmOutcome lost =
            new VmOutcome.HostError(new VmmException("a vCPU's thread ended, and recording the reason failed too"));

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Written under the lock; read without it on the way into the guest. */
    private volatile Phase phase = Phase.PARKED;

    /** Written under the lock. */
    private volatile VmState state = VmState.CREATED;

    /** Threads that came and have not left. */
    private int live;

    private int parked;
    private int poweredOn;
    private int generation;

    /** A thread is powering the platform on, with the lock given up. */
    private boolean loading;

    private volatile boolean started;
    private volatile boolean pauseWanted;
    private @Nullable VmOutcome outcome;

    /** Who keeps the vCPUs parked, whatever is asked for. */
    private @Nullable Thread holder;

    /** A reset was asked for meanwhile. */
    private boolean resetWanted;

    /** Makes a control for threads that are still to come, by {@link #enlist}. */
    RunControl(String id, int vcpus, Machine machine, Announcements announcements) {
        this.id = id;
        this.members = IntStream.range(0, vcpus).mapToObj(_ -> new Member()).toArray(Member[]::new);
        this.machine = machine;
        this.announcements = announcements;
    }

    /** Where the VM is in its life. */
    VmState state() {
        return state;
    }

    /** What vCPU threads are to do now. */
    Phase phase() {
        return phase;
    }

    /** Whether guest code may have run. */
    boolean wasStarted() {
        return started;
    }

    /** Whether the VM is paused or about to be. */
    boolean isPauseWanted() {
        return pauseWanted;
    }

    /** Whether a vCPU may enter the guest: the question before every entry. Takes no lock. */
    boolean mayRun() {
        return phase == Phase.RUNNING;
    }

    /**
     * Starts the machine for the first time, with its platform already powered on. One that has an outcome already
     * stays as it is. Waits for who holds it.
     *
     * @throws IllegalStateException if it was started before, is closed, or is held by the calling thread
     */
    void start() {
        lock.lock();
        try {
            awaitHolder("starting it");
            if (started || state == VmState.CLOSED) {
                throw new IllegalStateException("VM " + id + (started ? " was started before" : " is closed"));
            }
            if (outcome == null) {
                ready();
            }
            started = true;
            if (outcome == null) {
                enter(VmState.RUNNING);
                powerOnVcpus();
            }
        } finally {
            lock.unlock();
        }
        announcements.deliver();
    }

    /** With the lock given up meanwhile: devices may have to wait for threads that want it. */
    private void ready() {
        holder = Thread.currentThread();
        lock.unlock();
        try {
            machine.onStart();
        } finally {
            lock.lock();
            holder = null;
            changed.signalAll();
        }
    }

    /**
     * Starts the thread of a vCPU, which joins by {@link #await} and goes by {@link #leave}.
     *
     * @param thread starts it; what that throws comes out here, and then there is none
     */
    void enlist(Runnable thread) {
        lock.lock();
        try {
            thread.run();
            live++;
        } finally {
            lock.unlock();
        }
    }

    /** A thread that was enlisted could not ready its vCPU, and is gone. */
    void withdraw() {
        lock.lock();
        try {
            live--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Has the threads of a machine whose building failed leave, and waits for them. Nobody is told. */
    void abandon() {
        lock.lock();
        try {
            state = VmState.CLOSED;
            outcome = lost;
            moveTo(Phase.ENDING);
            while (live > 0) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Parks the calling vCPU thread until it has to power on, run or end, and says which. */
    Phase await(int vcpu) {
        Member member = members[vcpu];
        lock.lock();
        try {
            member.running = false;
            parked++;
            changed.signalAll();
            notePaused();
            while (!concerns(member)) {
                if (phase == Phase.RESETTING && parked == members.length && !loading) {
                    load();
                } else if (member.errand != null) {
                    Errand errand = member.errand;
                    member.errand = null;
                    run(errand, vcpu);
                } else {
                    changed.awaitUninterruptibly();
                }
            }
            member.running = phase == Phase.RUNNING;
            return phase;
        } finally {
            parked--;
            lock.unlock();
        }
    }

    private boolean concerns(Member member) {
        return switch (phase) {
            case RUNNING, ENDING -> true;
            case POWERING_ON -> member.generation != generation;
            case PARKED, RESETTING, LOADING -> false;
        };
    }

    /**
     * Gives the lock up meanwhile, so that requests do not wait for a kernel to be read. A reset that comes meanwhile
     * has the same thread do it again: two must not load at once.
     */
    private void load() {
        moveTo(Phase.LOADING);
        loading = true;
        lock.unlock();
        try {
            machine.powerOn();
        } finally {
            lock.lock();
            loading = false;
        }
        if (phase == Phase.LOADING) {
            powerOnVcpus();
        }
    }

    private void powerOnVcpus() {
        generation++;
        poweredOn = 0;
        moveTo(Phase.POWERING_ON);
    }

    /** With the lock given up meanwhile. */
    private void run(Errand errand, int vcpu) {
        lock.unlock();
        @Nullable RuntimeException failure = null;
        try {
            errand.task.accept(vcpu);
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            lock.lock();
            errand.left--;
            if (failure != null) {
                errand.failure = failure;
            }
            changed.signalAll();
        }
    }

    /** The calling thread has powered its vCPU on. The last one lets all run. */
    void poweredOn(int vcpu) {
        lock.lock();
        try {
            members[vcpu].generation = generation;
            poweredOn++;
            if (poweredOn == members.length && phase == Phase.POWERING_ON) {
                moveTo(pauseWanted || holder != null ? Phase.PARKED : Phase.RUNNING);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The calling vCPU thread is over: it touches nothing of the VM from here on. */
    void leave(int vcpu) {
        lock.lock();
        try {
            members[vcpu].running = false;
            live--;
            changed.signalAll();
            if (outcome == null) {
                decide(lost, Announcements.NOTHING);
            } else {
                noteEnded();
            }
        } finally {
            lock.unlock();
        }
        announcements.deliver();
    }

    /** Starts the machine again from power-on, if it runs or is paused. */
    void reset() {
        lock.lock();
        try {
            if (!started || outcome != null) {
                return;
            }
            if (holder != null) {
                resetWanted = true;
            } else {
                beginReset();
            }
        } finally {
            lock.unlock();
        }
        announcements.deliver();
    }

    private void beginReset() {
        announcements.add(VmListener::onReset);
        moveTo(Phase.RESETTING);
        kickRunning();
    }

    /**
     * Parks every vCPU and keeps it so, whatever is asked for, until {@link #release}. Waits for who does that already.
     *
     * @throws IllegalStateException if the machine has ended, or is held by the calling thread
     */
    void hold() {
        lock.lock();
        try {
            awaitHolder("freeze");
            requireAlive();
            holder = Thread.currentThread();
            if (phase == Phase.RUNNING) {
                moveTo(Phase.PARKED);
                kickRunning();
            }
            while (outcome == null && !allParked()) {
                changed.awaitUninterruptibly();
            }
            if (outcome != null) {
                holder = null;
                changed.signalAll();
            }
            requireAlive();
        } finally {
            lock.unlock();
        }
    }

    private void requireAlive() {
        if (outcome != null || state == VmState.CLOSED) {
            throw new IllegalStateException("VM " + id + " has ended");
        }
    }

    private void awaitHolder(String action) {
        if (Thread.currentThread().equals(holder)) {
            throw new IllegalStateException("VM " + id + " is frozen by this thread: let it go on before " + action);
        }
        while (holder != null) {
            changed.awaitUninterruptibly();
        }
    }

    /**
     * Has each parked vCPU's thread do something, and waits until all have. While the machine is held.
     *
     * @param task takes the vCPU's number
     * @throws RuntimeException what the task threw on one of them
     * @throws IllegalStateException if the machine ended meanwhile
     */
    void onParked(IntConsumer task) {
        lock.lock();
        try {
            Errand errand = new Errand(task, members.length);
            for (Member member : members) {
                member.errand = errand;
            }
            changed.signalAll();
            while (errand.left > 0 && outcome == null) {
                changed.awaitUninterruptibly();
            }
            if (errand.failure != null) {
                throw errand.failure;
            }
            requireAlive();
        } finally {
            lock.unlock();
        }
    }

    /** Lets parked vCPUs do what was asked for meanwhile. */
    void release() {
        lock.lock();
        try {
            holder = null;
            if (resetWanted && outcome == null) {
                beginReset();
            } else if (phase == Phase.PARKED && !pauseWanted && started) {
                moveTo(Phase.RUNNING);
            }
            resetWanted = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        announcements.deliver();
    }

    /**
     * Waits until nobody holds the machine.
     *
     * @throws IllegalStateException if the calling thread does
     */
    void awaitRelease() {
        lock.lock();
        try {
            awaitHolder("closing it");
        } finally {
            lock.unlock();
        }
    }

    /** Parks every vCPU and waits until they are, or until the machine ends or somebody resumes it. */
    void pause() {
        lock.lock();
        try {
            if (!started) {
                return;
            }
            pauseWanted = true;
            if (phase == Phase.RUNNING) {
                moveTo(Phase.PARKED);
                kickRunning();
            }
            notePaused();
            while (live > 0 && pauseWanted && !allParked()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        announcements.deliver();
    }

    private boolean allParked() {
        return phase == Phase.PARKED && parked == members.length;
    }

    private void notePaused() {
        if (state == VmState.RUNNING && pauseWanted && allParked()) {
            enter(VmState.PAUSED);
        }
    }

    /** Lets parked vCPUs run. */
    void resume() {
        lock.lock();
        try {
            pauseWanted = false;
            if (phase == Phase.PARKED && started && holder == null) {
                moveTo(Phase.RUNNING);
            }
            if (state == VmState.PAUSED) {
                enter(VmState.RUNNING);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        announcements.deliver();
    }

    /**
     * Has every vCPU thread leave. Nothing undoes it, and the first to say how wins.
     *
     * @param announcement told to the listener if this was the first
     * @return whether it was
     */
    boolean end(VmOutcome how, Consumer<VmListener> announcement) {
        boolean first = endUnheard(how, announcement);
        announcements.deliver();
        return first;
    }

    /** The same for who cannot wait for listeners: they hear of it when the vCPUs have left. */
    boolean endUnheard(VmOutcome how, Consumer<VmListener> announcement) {
        lock.lock();
        try {
            return decide(how, announcement);
        } finally {
            lock.unlock();
        }
    }

    private boolean decide(VmOutcome how, Consumer<VmListener> announcement) {
        if (outcome != null) {
            return false;
        }
        outcome = how;
        moveTo(Phase.ENDING);
        kickRunning();
        announcements.add(announcement);
        noteEnded();
        return true;
    }

    /** A machine that was not started has ended although threads are still on their way out. */
    private void noteEnded() {
        boolean over = state == VmState.ENDED || state == VmState.CLOSED;
        if (!over && (live == 0 || state == VmState.CREATED)) {
            enter(VmState.ENDED);
            machine.onEnded(Objects.requireNonNull(outcome));
        }
    }

    /** Waits until no vCPU thread is left, after {@link #end}. */
    void awaitEnd() {
        lock.lock();
        try {
            while (outcome == null || live > 0) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The machine gave back what it held. */
    void close() {
        lock.lock();
        try {
            enter(VmState.CLOSED);
        } finally {
            lock.unlock();
        }
        announcements.deliver();
    }

    private void enter(VmState next) {
        state = next;
        announcements.add(listener -> listener.onState(next));
        changed.signalAll();
    }

    private void moveTo(Phase next) {
        if (phase != Phase.ENDING) {
            phase = next;
            changed.signalAll();
        }
    }

    private void kickRunning() {
        for (int i = 0; i < members.length; i++) {
            if (members[i].running) {
                machine.kick(i);
            }
        }
    }
}
