// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.FlatImage;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.bus.PioDevice;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A VM that lives beside another: its guest asks a port again and again whether to go on. */
final class Neighbour implements PioDevice, AutoCloseable {
    /** What the guest ends with. */
    static final int STATUS = 7;

    private static final int PORT = 0x510;
    private static final int BEATS = 5;
    private static final long PATIENCE_SECONDS = 60;

    // 66 ba 10 05  mov dx, 0x510
    // ec           in al, dx
    // 84 c0        test al, al
    // 75 fb        jnz -5
    // b0 07        mov al, 7
    // e6 f4        out 0xf4, al
    private static final byte[] CODE = HexFormat.of().parseHex("66ba1005" + "ec" + "84c0" + "75fb" + "b007" + "e6f4");

    private final Semaphore beats = new Semaphore(0);
    private final Vm vm;
    private volatile boolean over;

    /** Starts it. */
    Neighbour(Hypervisor kvm) {
        vm = VmBuilder.on(kvm)
                .id("neighbour")
                .boot(FlatImage.of(CODE).mode(CpuMode.LONG_64_USER))
                .pio(PORT, 1, this)
                .build();
        vm.start();
    }

    @Override
    public int read(int offset, int size) {
        // Bounded: the guest may run for long before somebody asks.
        if (beats.availablePermits() < BEATS) {
            beats.release();
        }
        return over ? 0 : 1;
    }

    @Override
    public void write(int offset, int size, int value) {}

    /** Whether the guest runs now: it makes some exits, and after that some more. */
    boolean isAlive() throws InterruptedException {
        beats.drainPermits();
        return vm.state() == VmState.RUNNING && beats.tryAcquire(BEATS, PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Has the guest end, and waits for that. */
    VmOutcome end() {
        over = true;
        return vm.outcome().toCompletableFuture().join();
    }

    @Override
    public void close() {
        vm.close();
    }
}
