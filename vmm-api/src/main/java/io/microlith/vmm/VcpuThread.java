// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.BusCursor;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;

/** Runs one vCPU: enters the guest, takes its exits to the devices, and does as {@link RunControl} says. */
final class VcpuThread implements Runnable {
    private final Vcpu vcpu;
    private final VcpuExit exit;
    private final BusCursor<MmioDevice> mmio;
    private final BusCursor<PioDevice> pio;
    private final RunControl control;
    private final VcpuEvents events;
    private final RunControl.Member member = new RunControl.Member();

    VcpuThread(Vcpu vcpu, BusCursor<MmioDevice> mmio, BusCursor<PioDevice> pio, RunControl control, VcpuEvents events) {
        this.vcpu = vcpu;
        this.exit = vcpu.exit();
        this.mmio = mmio;
        this.pio = pio;
        this.control = control;
        this.events = events;
    }

    @Override
    public void run() {
        try {
            events.onThreadStart(vcpu);
            boolean alive = true;
            while (alive) {
                alive = switch (control.await(member)) {
                    case POWERING_ON -> powerOn();
                    case RUNNING -> runGuest();
                    default -> false;
                };
            }
        } catch (RuntimeException e) {
            events.onFailure(vcpu, e);
        } catch (InternalError e) {
            // A mapped file was truncated under guest memory: the host's fault, and this VM's alone.
            events.onFailure(vcpu, new IllegalStateException("memory behind the guest is gone", e));
        } finally {
            vcpu.unbindFromThread();
            events.onThreadEnd(vcpu);
        }
    }

    private boolean powerOn() {
        events.onPowerOn(vcpu);
        control.poweredOn(member);
        return true;
    }

    /** Returns whether the thread has to stay. */
    private boolean runGuest() {
        while (control.mayRun()) {
            ExitReason reason = vcpu.run();
            switch (reason) {
                case PIO -> dispatchPio();
                case MMIO -> dispatchMmio();
                case INTERRUPTED -> {}
                default -> events.onExit(vcpu, reason);
            }
        }
        return true;
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
        for (int i = 0; i < count; i++) {
            if (write) {
                device.write(offset, size, (int) exit.data(i));
            } else {
                exit.respond(i, device.read(offset, size));
            }
        }
    }

    private void dispatchMmio() {
        long address = exit.address();
        int size = exit.size();
        if (!mmio.seek(address, size)) {
            answerUnmapped("memory", 1);
        } else if (exit.isWrite()) {
            mmio.device().write(mmio.offset(), size, exit.data(0));
        } else {
            exit.respond(0, mmio.device().read(mmio.offset(), size));
        }
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
