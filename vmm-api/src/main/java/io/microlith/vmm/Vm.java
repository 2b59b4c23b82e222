// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.Bus;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.memory.GuestMemory;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A machine, assembled and ready to run. {@link VmBuilder} makes one.
 *
 * <p>Any thread may call any method, except that the VM's own threads (those of vCPUs and of its event loop, which call
 * devices and most listeners) may not call the methods that wait for them: {@link #run}, {@link #pause},
 * {@link #freeze}, {@link #stop} and {@link #close} throw {@link IllegalStateException} there; devices use
 * {@link io.microlith.vmm.device.VmControl}. Those methods wait as long as a device or the board keeps a vCPU's thread.
 *
 * <p>Nothing a guest does throws from here: it ends the VM with a {@link VmOutcome}. So does what the VM's own threads
 * throw; an {@link Error} among that goes to the thread's uncaught exception handler, too.
 */
public interface Vm extends AutoCloseable {
    /** The VM's size and manner. */
    VmConfig config();

    /** Where the VM is in its life. */
    VmState state();

    /** The guest's RAM. */
    GuestMemory memory();

    /** The bus of memory-mapped I/O. */
    Bus<MmioDevice> mmio();

    /** The bus of ports. */
    Bus<PioDevice> pio();

    /** The devices, those of the board and those of the embedder. */
    List<Device> devices();

    /** The VM as the hypervisor knows it. */
    HypervisorVm hypervisorVm();

    /**
     * Starts the VM and waits for its end. A thread interrupted meanwhile interrupts the VM, and stays interrupted. A
     * VM that was ended before it could start runs nothing.
     *
     * @return how it ended
     * @throws IllegalStateException if it was started before, or is closed
     */
    VmOutcome run();

    /**
     * Starts the VM and returns. A VM that was ended before it could start runs nothing.
     *
     * @throws IllegalStateException if it was started before, or is closed
     */
    void start();

    /**
     * Completed when the VM has ended and none of its vCPUs runs any more; on a thread that may wait and may close the
     * VM.
     */
    CompletionStage<VmOutcome> outcome();

    /** How long it took to build the VM, and for its guest to run and to respond. */
    VmTimings timings();

    /**
     * Says that the guest has responded: it has given the first answer that it was started or restored for, by whatever
     * way the embedder hears of it. A guest may say so itself, by a device that calls
     * {@link io.microlith.vmm.device.VmControl#responded}, as the PC board's signal port does. Who says so first is
     * believed; without effect later, and before the guest has run.
     *
     * <p>That is the end of {@link VmTimings#response}, and of the recording of a working set. Returns at once; any
     * thread.
     */
    void responded();

    /**
     * Stops guest code until {@link #resume}, and waits until no vCPU runs, or until another thread resumes the VM. A
     * VM that is paused stays so; one that was not started or has ended is left alone.
     */
    void pause();

    /** Lets guest code go on after {@link #pause}. A VM that is not paused is left alone. */
    void resume();

    /**
     * Holds the machine still: waits until no vCPU runs and no device is at work, and keeps it so. Waits for another
     * thread that does that. One that was not started is not meanwhile.
     *
     * @return to be closed to let it go on
     * @throws IllegalStateException if the VM has ended, or is frozen by the calling thread
     */
    FrozenVm freeze();

    /**
     * Asks for a reset, whatever {@link OnReset} says, and returns. A machine that was restored ends by it. A paused VM
     * is paused after it, too; one that was not started or has ended is left alone.
     */
    void reset();

    /**
     * Ends the VM with {@link VmOutcome.Stopped} unless it has an outcome already, and waits until no vCPU runs. One
     * that was not started never will be.
     */
    void stop();

    /**
     * Ends the VM with {@link VmOutcome.Interrupted} unless it has an outcome already, and returns. Waits for no device
     * and no vCPU, so it is fit for timers and signal-like callbacks.
     *
     * <p>The bound: each vCPU makes at most one more exit, and that exit's device call (or, while the VM is starting or
     * resetting, the board's power-on) is the only code of the VM that can still run. Guest code itself is left as soon
     * as the kernel has delivered a signal to the vCPU's thread.
     */
    void interrupt();

    /**
     * Ends the VM as {@link #stop} does, and gives back everything it holds of the host. Closing twice is once; a
     * second caller waits for the first. A listener's call that another thread makes is not waited for: the listener
     * may hear {@link VmState#CLOSED} a moment after this has returned.
     *
     * @throws io.microlith.vmm.error.VmmException if something could not be closed; everything else is then
     */
    @Override
    void close();
}
