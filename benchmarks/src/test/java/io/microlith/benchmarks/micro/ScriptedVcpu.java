// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.micro;

import com.sun.management.ThreadMXBean;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.VcpuExit;
import io.microlith.vmm.VcpuFault;
import java.lang.management.ManagementFactory;

/**
 * A vCPU without a processor: its guest makes as many exits as it is told, at once, and then waits. A kick ends the
 * wait.
 */
final class ScriptedVcpu implements Vcpu {
    private final ScriptedExit exit;
    private final ExitReason reason;

    /** The exits asked for so far, and made so far: the guest runs while they differ. */
    private volatile long asked;

    private volatile long made;
    private volatile boolean kicked;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** What the vCPU's thread allocated between the first and the last of the exits last asked for. */
    private volatile long allocated;

    /** The vCPU thread's own copies, so that an exit costs no fence here. */
    private long limit;

    private long count;
    private long allocatedBefore;

    ScriptedVcpu(ScriptedExit exit, ExitReason reason) {
        this.exit = exit;
        this.reason = reason;
    }

    /** Has the guest make exits and waits until it has. */
    void make(long exits) {
        long target = made + exits;
        asked = target;
        while (made != target) {
            Thread.onSpinWait();
        }
    }

    @Override
    public ExitReason run() {
        if (count == limit && !awaitWork()) {
            return ExitReason.INTERRUPTED;
        }
        count++;
        return reason;
    }

    /** What the vCPU's thread allocated on the heap during the last {@link #make}, in bytes. */
    long allocated() {
        return allocated;
    }

    private boolean awaitWork() {
        allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
        made = count;
        while (asked == count) {
            if (kicked) {
                kicked = false;
                return false;
            }
            Thread.onSpinWait();
        }
        limit = asked;
        allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        return true;
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public void bindToThread() {
        // There is nothing to bind.
    }

    @Override
    public void unbindFromThread() {
        // Nor to unbind.
    }

    @Override
    public VcpuExit exit() {
        return exit;
    }

    @Override
    public void kick() {
        kicked = true;
    }

    @Override
    public VcpuFault fault() {
        throw new IllegalStateException("a scripted vCPU has no faults");
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
