// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.bell;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.boot.BootContext;
import io.microlith.board.boot.BootProtocol;
import io.microlith.board.boot.EntryState;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.OnReset;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.Size;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A guest moves the bell's memory, programs an interrupt, rings, and is interrupted. */
@RequiresKvm
class BellKvmIT {
    private static final long CODE = 0x10_0000;
    private static final long HANDLER = CODE + 0x100;
    private static final long IDT = 0x11_0000;
    private static final long IDT_POINTER = 0x11_0ff0;
    private static final int VECTOR = 0x42;
    /** The board's code segment of level 0. */
    private static final long SELECTOR = 0x10;

    private static final String PROGRAM =
            // lidt [0x110ff0]; mov edi, 0xfee000f0; mov dword ptr [rdi], 0x1ff
            "0f011c25f00f1100 bff000e0fe c707ff010000"
                    // mov dx, 0xcf8; mov eax, 0x80000810; out dx, eax; mov dl, 0xfc; in eax, dx; and al, 0xf0; mov ebx,
                    // eax
                    + "66baf80c b810080080 ef b2fc ed 24f0 89c3"
                    // mov dl, 0xf8; mov eax, 0x80000818; out dx, eax; mov dl, 0xfc; mov eax, 0xc8000000; out dx, eax
                    + "b2f8 b818080080 ef b2fc b8000000c8 ef"
                    // mov edi, eax; mov dl, 0xf8; mov eax, 0x8000081c; out dx, eax; mov dl, 0xfc; xor eax, eax; out dx,
                    // eax
                    + "89c7 b2f8 b81c080080 ef b2fc 31c0 ef"
                    // mov dl, 0xf8; mov eax, 0x80000804; out dx, eax; mov dl, 0xfc; mov al, 6; out dx, al
                    + "b2f8 b804080080 ef b2fc b006 ee"
                    // mov dl, 0xf8; mov eax, 0x80000840; out dx, eax; mov dl, 0xff; mov al, 0x80; out dx, al
                    + "b2f8 b840080080 ef b2ff b080 ee"
                    // mov dword ptr [rbx], 0xfee00000; mov dword ptr [rbx+4], 0
                    + "c7030000e0fe c7430400000000"
                    // mov dword ptr [rbx+8], 0x42; mov dword ptr [rbx+12], 0; mov dword ptr [rdi+0x10], 0x5a5a
                    + "c7430842000000 c7430c00000000 c747105a5a0000"
                    // sti; mov dword ptr [rbx+0x1000], 1; hlt; jmp -3
                    + "fb c7830010000001000000 f4 ebfd";

    private static final String ON_INTERRUPT =
            // mov dx, 0x3f8; mov eax, [rdi+0x10]; out dx, eax; mov dx, 0xcf9; mov al, 6; out dx, al; jmp $
            "66baf803 8b4710 ef 66baf90c b006 ee ebfe";

    @Test
    void run_guestRingsTheBell_isInterrupted() {
        Recorder heard = new Recorder();
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = machine(kvm, heard)) {
            VmOutcome outcome = vm.run();

            assertThat(outcome).isInstanceOf(VmOutcome.Reset.class);
            assertThat(heard.written).containsExactly(0x5a5a);
        }
    }

    @Test
    void run_guestWritesSharedMemory_hostSeesIt() {
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = machine(kvm, new Recorder())) {
            BellDevice bell = vm.devices().stream()
                    .filter(BellDevice.class::isInstance)
                    .map(BellDevice.class::cast)
                    .findFirst()
                    .orElseThrow();
            vm.run();

            assertThat(bell.memory().get(JAVA_INT, 0x10)).isEqualTo(0x5a5a);
        }
    }

    private static Vm machine(Hypervisor kvm, Recorder heard) {
        return VmBuilder.on(kvm)
                .boot(new Program())
                .pio(0x3f8, 8, heard)
                .device(new BellFactory(), new BellConfig(Size.kibibytes(64)))
                .onReset(OnReset.END)
                .build();
    }

    private record Program() implements BootProtocol {
        @Override
        public EntryState load(BootContext context) {
            GuestMemory memory = context.memory();
            memory.write(CODE, parse(PROGRAM));
            memory.write(HANDLER, parse(ON_INTERRUPT));
            // Present, an interrupt gate of level 0.
            long gate = HANDLER & 0xffff | SELECTOR << 16 | 0x8e00L << 32 | (HANDLER >> 16 & 0xffff) << 48;
            memory.putLong(IDT + 16 * VECTOR, gate);
            memory.putLong(IDT + 16 * VECTOR + 8, 0);
            memory.putShort(IDT_POINTER, (short) 0xfff);
            memory.putLong(IDT_POINTER + 2, IDT);
            return EntryState.long64(CODE);
        }

        private static byte[] parse(String code) {
            return HexFormat.of().parseHex(code.replace(" ", ""));
        }

        @Override
        public String describe() {
            return "code of a test";
        }
    }

    private static final class Recorder implements PioDevice {
        private final List<Integer> written = new CopyOnWriteArrayList<>();

        @Override
        public int read(int offset, int size) {
            return 0;
        }

        @Override
        public void write(int offset, int size, int value) {
            written.add(value);
        }
    }
}
