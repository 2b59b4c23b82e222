// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.error.VmmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;

/**
 * The vCPUs of a machine and their threads. Each vCPU is made and readied on its own thread, while the rest of the
 * machine is built.
 */
final class VcpuCrew implements AutoCloseable {
    /** How long {@link #awaitLastSteps} waits for threads that have nothing left to do but to end. */
    private static final Duration LAST_STEPS = Duration.ofSeconds(1);

    /** One vCPU. */
    private record Member(LentThread thread, CompletableFuture<Vcpu> vcpu) {}

    private final RunControl control;
    private final List<Member> members = new ArrayList<>();

    /** A crew that nobody has joined yet. */
    VcpuCrew(RunControl control) {
        this.control = control;
    }

    /**
     * Starts a thread that makes a vCPU and serves it until {@link RunControl} says that it is over.
     *
     * @param name the thread's
     * @param lender where the thread is from
     * @param vcpu makes the vCPU, on its thread
     * @throws HypervisorException if the host has no thread to give
     */
    void recruit(String name, Executor lender, IntFunction<VcpuThread> vcpu) {
        int index = members.size();
        CompletableFuture<Vcpu> made = new CompletableFuture<>();
        LentThread thread = new LentThread(name, () -> serve(index, vcpu, made));
        try {
            control.enlist(() -> lender.execute(thread));
        } catch (OutOfMemoryError e) {
            throw new HypervisorException(
                    "the host has no thread to give for vCPU " + index + ": " + e.getMessage(), e);
        }
        members.add(new Member(thread, made));
    }

    /** What goes wrong while the machine is built is an error of whoever builds it, and later the machine's outcome. */
    private void serve(int index, IntFunction<VcpuThread> maker, CompletableFuture<Vcpu> made) {
        VcpuThread thread;
        try {
            thread = maker.apply(index);
        } catch (RuntimeException | Error e) {
            control.withdraw();
            made.completeExceptionally(e);
            return;
        }
        made.complete(thread.vcpu());
        thread.run();
    }

    /**
     * Waits until all vCPUs are made and ready.
     *
     * @throws RuntimeException what went wrong with one
     */
    void awaitReady() {
        for (Member member : members) {
            try {
                var _ = member.vcpu().join();
            } catch (CompletionException e) {
                switch (e.getCause()) {
                    case RuntimeException failure -> throw failure;
                    case Error failure -> throw failure;
                    case null, default -> throw new VmmException("a vCPU could not be made", e);
                }
            }
        }
    }

    /** A vCPU. Once all are ready. */
    Vcpu vcpu(int index) {
        return members.get(index).vcpu().join();
    }

    /** Gets a vCPU out of the guest. Once all are ready. */
    void kick(int index) {
        vcpu(index).kick();
    }

    /** Whether the calling thread is one of the crew's. */
    boolean isCurrentThread() {
        return members.stream().anyMatch(member -> member.thread().isCurrent());
    }

    /**
     * Waits for what threads do after they have let go of the VM. Not to the last: one may be in the listener, which
     * may be waiting for our caller.
     */
    void awaitLastSteps() throws InterruptedException {
        for (Member member : members) {
            var _ = member.thread().awaitReturn(LAST_STEPS);
        }
    }

    /**
     * Closes the vCPUs. Their threads have left {@link RunControl}, or are about to report that they could not be made.
     */
    @Override
    public void close() {
        try (ResourceStack vcpus = new ResourceStack()) {
            for (Member member : members) {
                if (member.vcpu().handle((vcpu, failure) -> failure == null).join()) {
                    vcpus.add(member.vcpu().join());
                }
            }
        }
    }
}
