// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Agrees with a VM's vCPU threads on what they do next: park, power on, run, or end.
 *
 * <p>A request changes the phase and then kicks every vCPU. A vCPU looks at the phase before each entry into the guest.
 * No request is lost: either the vCPU reads the new phase, or it read the old one before the change, and then the kick,
 * which comes after the change, gets it out of the entry that follows ({@link Vcpu#kick} affects the current call or
 * else the next one).
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

    /** One vCPU thread's part in this: how often it has powered its vCPU on. */
    static final class Member {
        private int generation;
    }

    private final int vcpus;
    private final Runnable powerOnPlatform;
    private final Runnable kickAll;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Written under the lock; read without it on the way into the guest. */
    private volatile Phase phase = Phase.PARKED;

    private int parked;
    private int poweredOn;
    private int generation;
    private boolean pauseRequested;

    /**
     * Makes a control for threads that do not run yet.
     *
     * @param powerOnPlatform run by one vCPU thread while all are parked; does not throw
     * @param kickAll gets every vCPU out of the guest; does not block
     */
    RunControl(int vcpus, Runnable powerOnPlatform, Runnable kickAll) {
        this.vcpus = vcpus;
        this.powerOnPlatform = powerOnPlatform;
        this.kickAll = kickAll;
    }

    /** Whether a vCPU may enter the guest: the question before every entry. Takes no lock. */
    boolean mayRun() {
        return phase == Phase.RUNNING;
    }

    /** Parks the calling vCPU thread until it has to power on, run or end, and says which. */
    Phase await(Member member) {
        lock.lock();
        try {
            parked++;
            changed.signalAll();
            while (!concerns(member)) {
                if (phase == Phase.RESETTING && parked == vcpus) {
                    load();
                } else {
                    changed.awaitUninterruptibly();
                }
            }
            parked--;
            return phase;
        } finally {
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
     * Called and returns with the lock held; gives it up meanwhile, so that requests do not wait for a kernel to be
     * read.
     */
    private void load() {
        moveTo(Phase.LOADING);
        lock.unlock();
        try {
            powerOnPlatform.run();
        } finally {
            lock.lock();
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

    /** Starts the machine for the first time, with its platform already powered on. */
    void start() {
        lock.lock();
        try {
            powerOnVcpus();
        } finally {
            lock.unlock();
        }
    }

    /** The calling thread has powered its vCPU on. The last one lets all run. */
    void poweredOn(Member member) {
        lock.lock();
        try {
            member.generation = generation;
            poweredOn++;
            if (poweredOn == vcpus && phase == Phase.POWERING_ON) {
                moveTo(pauseRequested ? Phase.PARKED : Phase.RUNNING);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Starts the machine again from power-on. */
    void reset() {
        request(Phase.RESETTING);
    }

    /** Has every vCPU thread leave. Nothing undoes it. */
    void end() {
        request(Phase.ENDING);
    }

    private void request(Phase next) {
        lock.lock();
        try {
            moveTo(next);
        } finally {
            lock.unlock();
        }
        kickAll.run();
    }

    /** Parks every vCPU and waits until they are, or until the VM ends. */
    void pause() {
        lock.lock();
        try {
            pauseRequested = true;
            if (phase == Phase.RUNNING) {
                moveTo(Phase.PARKED);
                kickAll.run();
            }
            while (phase != Phase.ENDING && !(phase == Phase.PARKED && parked == vcpus)) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets parked vCPUs run. */
    void resume() {
        lock.lock();
        try {
            pauseRequested = false;
            if (phase == Phase.PARKED) {
                moveTo(Phase.RUNNING);
            }
        } finally {
            lock.unlock();
        }
    }

    private void moveTo(Phase next) {
        if (phase != Phase.ENDING) {
            phase = next;
            changed.signalAll();
        }
    }
}
