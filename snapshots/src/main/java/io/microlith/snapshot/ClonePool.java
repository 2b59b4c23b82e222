// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.event.Uninterruptibly;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Machines that are built and not started, in stock for what they will be: most of what takes the host its time is done
 * when one is wanted. All are of one size, with devices of the same kinds. Any thread.
 */
public final class ClonePool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClonePool.class);

    private final int size;
    private final Supplier<VmBuilder> plan;
    private final Object planning = new Object();
    private final Thread builder;

    /** Guarded by this. */
    private final Deque<Vm> ready = new ArrayDeque<>();

    private boolean closed;

    /** Building failed; it is tried again when the next one is taken. */
    private boolean failed;

    private long misses;

    /**
     * Begins to build machines, on a thread of its own.
     *
     * @param size how many are in stock, at least 1
     * @param plan gives a builder for each, with nothing to boot and
     *     {@link io.microlith.vmm.memory.PageBacking#PRIVATE}; called on any thread, one call at a time
     */
    public ClonePool(int size, Supplier<VmBuilder> plan) {
        if (size < 1) {
            throw new IllegalArgumentException("size=" + size + " is less than 1");
        }
        this.size = size;
        this.plan = plan;
        builder = Thread.ofPlatform().name("clone-pool").daemon().start(this::fill);
    }

    /**
     * Makes one of the machines what a template is, the same machine once more. It is the caller's to start and to
     * close.
     *
     * @throws io.microlith.vmm.error.ConfigException if the plan's machines are not like the template
     * @throws io.microlith.vmm.error.VmmException if the host fails
     * @throws IllegalStateException if this is closed
     */
    public Vm take(VmTemplate template) {
        return take(template::attachTo);
    }

    /**
     * Makes one of the machines what a template is, but a machine of its own.
     *
     * @throws io.microlith.vmm.error.ConfigException as there, and if something of the identity is missing
     * @throws io.microlith.vmm.error.VmmException as there
     */
    public Vm take(VmTemplate template, CloneIdentity who) {
        return take(machine -> template.attachTo(machine, who));
    }

    private Vm take(Consumer<Vm> attachment) {
        Vm machine = next();
        boolean attached = false;
        try {
            attachment.accept(machine);
            attached = true;
            return machine;
        } finally {
            if (!attached) {
                machine.close();
            }
        }
    }

    private Vm next() {
        synchronized (this) {
            requireOpen();
            failed = false;
            notifyAll();
            Vm machine = ready.poll();
            if (machine != null) {
                return machine;
            }
            misses++;
        }
        return build();
    }

    private Vm build() {
        VmBuilder next;
        synchronized (planning) {
            next = plan.get();
        }
        return next.build();
    }

    /** How often one was taken and none was in stock. */
    public synchronized long misses() {
        return misses;
    }

    /** How many are in stock. */
    public synchronized int available() {
        return ready.size();
    }

    /**
     * Waits until all are in stock.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile
     * @throws IllegalStateException if this is closed, or machines cannot be built; the log says why
     */
    public synchronized void awaitFull() throws InterruptedException {
        while (ready.size() < size) {
            requireOpen();
            if (failed) {
                throw new IllegalStateException("the pool's machines cannot be built");
            }
            wait();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the pool is closed");
        }
    }

    private void fill() {
        try {
            while (awaitNeed()) {
                buildOne();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean awaitNeed() throws InterruptedException {
        while (!closed && (failed || ready.size() >= size)) {
            wait();
        }
        return !closed;
    }

    private void buildOne() {
        try {
            put(build());
        } catch (RuntimeException | Error e) {
            // A host with many machines has no thread for another one: who waits for that hears of it.
            LOG.warn("a machine in stock for clones cannot be built", e);
            synchronized (this) {
                failed = true;
                notifyAll();
            }
        }
    }

    private void put(Vm machine) {
        synchronized (this) {
            if (!closed) {
                ready.add(machine);
                notifyAll();
                return;
            }
        }
        machine.close();
    }

    /** Closes the machines in stock. Those that were taken go on. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        Uninterruptibly.run(builder::join);
        ready.forEach(Vm::close);
        ready.clear();
    }
}
