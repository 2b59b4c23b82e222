// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.FlatImage;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.bus.MmioDevice;
import java.util.HexFormat;

/** A VMM with a device of one's own: the guest reads a number from it, adds one, and writes the sum back. */
public final class CustomDevice {
    private static final long ADDRESS = 0xd000_0000L;

    // mov ebx, 0xd0000000 | mov eax, [rbx] | inc eax | mov [rbx], eax | xor eax, eax | out 0xf4, al
    private static final byte[] GUEST =
            HexFormat.of().parseHex("bb000000d0" + "8b03" + "ffc0" + "8903" + "31c0" + "e6f4");

    private CustomDevice() {}

    /** Runs the guest and prints what it wrote. */
    public static void main(String[] args) {
        MmioDevice device = new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                return 41;
            }

            @Override
            public void write(long offset, int size, long value) {
                System.out.println("the guest wrote " + value);
            }
        };
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .boot(FlatImage.of(GUEST).mode(CpuMode.LONG_64_USER))
                        .mmio(ADDRESS, 0x1000, device)
                        .build()) {
            System.exit(vm.run().exitStatus());
        }
    }
}
