// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.linux.ThreadStack;
import io.microlith.vmm.bus.BusCursor;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.error.DeviceException;

/** Runs one vCPU: enters the guest, takes its exits to the devices, and does as {@link RunControl} says. */
final class VcpuThread implements Runnable {
    private final Vcpu vcpu;
    private final VcpuExit exit;
    private final BusCursor<MmioDevice> mmio;
    private final BusCursor<PioDevice> pio;
    private final RunControl control;
    private final VcpuEvents events;
    private final ExitCounts counts;
    private boolean hasRun;

    private VcpuThread(
            Vcpu vcpu,
            BusCursor<MmioDevice> mmio,
            BusCursor<PioDevice> pio,
            RunControl control,
            VcpuEvents events,
            ExitCounts counts) {
        this.vcpu = vcpu;
        this.exit = vcpu.exit();
        this.mmio = mmio;
        this.pio = pio;
        this.control = control;
        this.events = events;
        this.counts = counts;
    }

    /**
     * Begins to serve a vCPU on the calling thread, which goes on to {@link #run}. A vCPU that cannot be readied is
     * closed.
     */
    static VcpuThread begin(
            Vcpu vcpu,
            BusCursor<MmioDevice> mmio,
            BusCursor<PioDevice> pio,
            RunControl control,
            VcpuEvents events,
            ExitCounts counts) {
        boolean ready = false;
        try {
            events.onThreadStart(vcpu);
            ready = true;
        } finally {
            if (!ready) {
                vcpu.unbindFromThread();
                vcpu.close();
            }
        }
        return new VcpuThread(vcpu, mmio, pio, control, events, counts);
    }

    Vcpu vcpu() {
        return vcpu;
    }

    @Override
    public void run() {
        try {
            // Perhaps it is one of many in stock.
            ThreadStack.trim();
            boolean alive = true;
            while (alive) {
                alive = switch (control.await(vcpu.index())) {
                    case POWERING_ON -> powerOn();
                    case RUNNING -> runGuest();
                    default -> false;
                };
            }
        } catch (RuntimeException | InternalError e) {
            // An InternalError is a mapped file that was truncated under our feet: the host's fault, and this VM's
            // alone.
            events.onFailure(vcpu, e);
        } catch (Error e) {
            events.onFailure(vcpu, e);
            throw e;
        } finally {
            try {
                vcpu.unbindFromThread();
            } finally {
                control.leave(vcpu.index());
            }
        }
    }

    private boolean powerOn() {
        events.onPowerOn(vcpu);
        control.poweredOn(vcpu.index());
        return true;
    }

    private boolean runGuest() {
        ExitReason last = ExitReason.INTERRUPTED;
        events.onRun();
        // A guest that has not begun yet has no clock that could be told.
        var _ = vcpu.announcePause();
        while (control.mayRun()) {
            last = enter();
        }
        settle(last);
        if (!hasRun && control.phase() != RunControl.Phase.ENDING) {
            hasRun = true;
            // Perhaps it is one of many clones, which are paused for long.
            ThreadStack.trim();
        }
        return true;
    }

    /** A method of its own because the JIT compiler gets to a loop that never ends much later than to what it calls. */
    private ExitReason enter() {
        ExitReason reason = vcpu.run();
        handle(reason);
        return reason;
    }

    private void handle(ExitReason reason) {
        counts.add(reason);
        switch (reason) {
            case PIO -> dispatchPio();
            case MMIO -> dispatchMmio();
            case INTERRUPTED -> {}
            default -> events.onExit(vcpu, reason);
        }
    }

    /**
     * Completes the last device access, and those that follow from the same instruction, without running guest code: a
     * vCPU that is parked with one half done would finish it over registers that were set meanwhile.
     */
    private void settle(ExitReason last) {
        ExitReason reason = last;
        while ((reason == ExitReason.PIO || reason == ExitReason.MMIO) && control.phase() != RunControl.Phase.ENDING) {
            vcpu.kick();
            reason = enter();
        }
    }

    private void dispatchPio() {
        int port = (int) exit.address();
        int size = exit.size();
        int count = exit.count();
        if (!pio.seek(port, size)) {
            answerUnmapped("port", count);
            return;
        }
        PioDevice device = pio.device();
        int offset = (int) pio.offset();
        boolean write = exit.isWrite();
        try {
            for (int i = 0; i < count; i++) {
                if (write) {
                    device.write(offset, size, (int) exit.data(i));
                } else {
                    exit.respond(i, device.read(offset, size));
                }
            }
        } catch (RuntimeException e) {
            throw failure(device, "port", e);
        }
    }

    private void dispatchMmio() {
        long address = exit.address();
        int size = exit.size();
        if (!mmio.seek(address, size)) {
            answerUnmapped("memory", 1);
            return;
        }
        MmioDevice device = mmio.device();
        long offset = mmio.offset();
        try {
            if (exit.isWrite()) {
                device.write(offset, size, exit.data(0));
            } else {
                exit.respond(0, device.read(offset, size));
            }
        } catch (RuntimeException e) {
            throw failure(device, "memory", e);
        }
    }

    private DeviceException failure(Object device, String space, RuntimeException cause) {
        return new DeviceException(
                device.getClass().getName(), "threw at the guest's " + describe(space, exit) + ": " + cause, cause);
    }

    /** An access in words, such as {@code write to port 0x3f8 size 1}. */
    static String describe(String space, VcpuExit exit) {
        return (exit.isWrite() ? "write to " : "read of ") + space + " 0x" + Long.toHexString(exit.address()) + " size "
                + exit.size();
    }

    /** As on a bus with nobody on it: reads float high. */
    private void answerUnmapped(String space, int count) {
        if (!exit.isWrite()) {
            for (int i = 0; i < count; i++) {
                exit.respond(i, -1L);
            }
        }
        events.onUnmapped(space, exit);
    }
}
