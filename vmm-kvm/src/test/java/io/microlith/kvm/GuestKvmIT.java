// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static io.microlith.kvm.testkit.TinyGuest.MMIO;
import static io.microlith.kvm.testkit.TinyGuest.RAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.VcpuExit;
import io.microlith.vmm.VcpuFault;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guests of a few instructions, and the exits they cause. */
@RequiresKvm
class GuestKvmIT {
    private KvmHypervisor kvm;
    private TinyGuest guest;
    private KvmVcpu vcpu;

    @BeforeEach
    void open() {
        kvm = KvmHypervisor.open();
        guest = new TinyGuest(kvm);
        vcpu = guest.vcpu();
    }

    @AfterEach
    void close() {
        guest.close();
        kvm.close();
    }

    private void expectWrite(ExitReason reason, long address, int size, long... data) {
        assertThat(vcpu.run()).isEqualTo(reason);
        assertThat(vcpu.exit().copy())
                .isEqualTo(new VcpuExit.Snapshot(
                        true, address, size, Arrays.stream(data).boxed().toList()));
    }

    private void expectRead(ExitReason reason, long address, int size, long answer) {
        assertThat(vcpu.run()).isEqualTo(reason);
        VcpuExit exit = vcpu.exit();
        assertThat(exit.isWrite()).isFalse();
        assertThat(exit.address()).isEqualTo(address);
        assertThat(exit.size()).isEqualTo(size);
        assertThat(exit.count()).isEqualTo(1);
        exit.respond(0, answer);
    }

    @Test
    void run_realModeOutThenHalt_exitsForBoth() {
        // ba f8 03  mov dx, 0x3f8
        // b0 41     mov al, 'A'
        // ee        out dx, al
        // f4        hlt
        guest.realMode("ba f8 03 b0 41 ee f4");

        expectWrite(ExitReason.PIO, 0x3f8, 1, 0x41);
        assertThat(vcpu.run()).isEqualTo(ExitReason.HALTED);
    }

    @Test
    void run_outOfEachSize_showsPortSizeAndData() {
        // b0 81           mov al, 0x81
        // e6 10           out 0x10, al
        // 66 b8 22 81     mov ax, 0x8122
        // 66 e7 10        out 0x10, ax
        // b8 44 33 22 81  mov eax, 0x81223344
        // e7 10           out 0x10, eax
        guest.user("b0 81 e6 10 66 b8 22 81 66 e7 10 b8 44 33 22 81 e7 10");

        expectWrite(ExitReason.PIO, 0x10, 1, 0x81);
        expectWrite(ExitReason.PIO, 0x10, 2, 0x8122);
        expectWrite(ExitReason.PIO, 0x10, 4, 0x8122_3344L);
    }

    @Test
    void run_inThenOut_answerReachesGuest() {
        // e4 10  in al, 0x10
        // fe c0  inc al
        // e6 11  out 0x11, al
        guest.user("e4 10 fe c0 e6 11");

        expectRead(ExitReason.PIO, 0x10, 1, 0x7f);
        expectWrite(ExitReason.PIO, 0x11, 1, 0x80);
    }

    @Test
    void run_repeatedOuts_deliversEveryElementInOrder() {
        // f3 6e  rep outsb
        // f4     hlt
        byte[] text = "exit".getBytes(StandardCharsets.US_ASCII);
        guest.memory().write(0x30000, text);
        guest.supervisor("f3 6e f4").registers(r -> r.rsi(0x30000).rdx(0x20).rcx(text.length));

        StringBuilder seen = new StringBuilder();
        ExitReason reason = vcpu.run();
        while (reason == ExitReason.PIO) {
            assertThat(vcpu.exit().address()).isEqualTo(0x20);
            for (int i = 0; i < vcpu.exit().count(); i++) {
                seen.append((char) vcpu.exit().data(i));
            }
            reason = vcpu.run();
        }

        assertThat(reason).isEqualTo(ExitReason.HALTED);
        assertThat(seen).hasToString("exit");
    }

    @Test
    void run_repeatedIns_storesEveryAnswerInOrder() {
        // 66 f3 6d  rep insw
        // f4        hlt
        guest.supervisor("66 f3 6d f4").registers(r -> r.rdi(0x30000).rdx(0x20).rcx(3));

        int next = 0x8001;
        ExitReason reason = vcpu.run();
        while (reason == ExitReason.PIO) {
            assertThat(vcpu.exit().size()).isEqualTo(2);
            for (int i = 0; i < vcpu.exit().count(); i++) {
                vcpu.exit().respond(i, next++);
            }
            reason = vcpu.run();
        }

        assertThat(reason).isEqualTo(ExitReason.HALTED);
        assertThat(guest.memory().getShort(0x30000)).isEqualTo((short) 0x8001);
        assertThat(guest.memory().getShort(0x30002)).isEqualTo((short) 0x8002);
        assertThat(guest.memory().getShort(0x30004)).isEqualTo((short) 0x8003);
    }

    @Test
    void run_mmioOfEachSize_readsAndWritesThatMuch() {
        // 8a 03        mov al, [rbx]       88 43 08     mov [rbx+8], al
        // 66 8b 03     mov ax, [rbx]       66 89 43 08  mov [rbx+8], ax
        // 8b 03        mov eax, [rbx]      89 43 08     mov [rbx+8], eax
        // 48 8b 03     mov rax, [rbx]      48 89 43 08  mov [rbx+8], rax
        guest.user("8a 03 88 43 08 66 8b 03 66 89 43 08 8b 03 89 43 08 48 8b 03 48 89 43 08");
        long answer = 0x8182_8384_8586_8788L;

        for (int size = 1; size <= 8; size *= 2) {
            expectRead(ExitReason.MMIO, MMIO, size, answer);
            expectWrite(ExitReason.MMIO, MMIO + 8, size, answer & (-1L >>> (64 - 8 * size)));
        }
    }

    @Test
    void run_accessAcrossTheEndOfRam_showsOnlyThePartOutside() {
        // 8b 01  mov eax, [rcx]
        // 89 01  mov [rcx], eax
        guest.memory().putByte(RAM - 1, (byte) 0x44);
        guest.user("8b 01 89 01").registers(r -> r.rcx(RAM - 1));

        expectRead(ExitReason.MMIO, RAM, 3, 0xff11_2233L);
        expectWrite(ExitReason.MMIO, RAM, 3, 0x11_2233);
    }

    @Test
    void fault_tripleFault_namesExitAndShowsWhere() {
        // 0f 0b  ud2, with no interrupt table
        guest.supervisor("0f 0b");

        assertThat(vcpu.run()).isEqualTo(ExitReason.TRIPLE_FAULT);

        VcpuFault fault = vcpu.fault();
        assertThat(fault.vcpu()).isZero();
        assertThat(fault.reason()).isEqualTo("KVM_EXIT_SHUTDOWN");
        assertThat(fault.registers()).contains("rip=");
        if (!isResetByShutdown()) {
            assertThat(fault.registers()).contains("cr3=1000");
        }
    }

    /** AMD's processors leave nothing defined after a shutdown, so KVM resets the vCPU there. */
    private boolean isResetByShutdown() {
        return CpuFeature.SVM.in(kvm.supportedCpuid());
    }

    @Test
    void fault_haltWithoutInterruptController_showsInstructionBehindIt() {
        // f4        hlt
        // 90 90 cc  nop; nop; int3
        guest.supervisor("f4 90 90 cc");

        assertThat(vcpu.run()).isEqualTo(ExitReason.HALTED);

        VcpuFault fault = vcpu.fault();
        assertThat(fault.reason()).isEqualTo("KVM_EXIT_HLT");
        assertThat(fault.instruction()).startsWith("90 90 cc");
        assertThat(fault.registers()).contains("rip=0000000000010001");
    }

    @Test
    void run_jumpToWhereNothingIs_endsAsEmulationFailure() {
        // ff e3  jmp rbx, where a device would be
        guest.supervisor("ff e3");

        assertThat(vcpu.run()).isEqualTo(ExitReason.EMULATION_FAILED);

        assertThat(vcpu.fault().reason()).contains("KVM_EXIT_INTERNAL_ERROR", "suberror=1");
        assertThat(vcpu.fault().registers()).contains("rip=00000000d0000000");
    }

    @Test
    void run_twoVcpus_eachSeesItsOwnExits() throws InterruptedException {
        // e6 10  out 0x10, al
        guest.user("e6 10").registers(r -> r.rax(1));
        AtomicReference<VcpuExit.Snapshot> other = new AtomicReference<>();
        try (KvmVcpu second = guest.vm().createVcpu(1)) {
            guest.longMode(second, 3, "e6 10");
            new KvmRegisters().load(second).rax(2).store(second);
            Thread thread = Thread.ofPlatform().start(() -> {
                second.bindToThread();
                if (second.run() == ExitReason.PIO) {
                    other.set(second.exit().copy());
                }
                second.unbindFromThread();
            });

            expectWrite(ExitReason.PIO, 0x10, 1, 1);
            thread.join();

            assertThat(other.get()).isEqualTo(new VcpuExit.Snapshot(true, 0x10, 1, List.of(2L)));
        }
    }

    @Test
    void run_hostMemoryIsGone_isHostErrorWithItsName() {
        // 8b 01  mov eax, [rcx]
        guest.user("8b 01").registers(r -> r.rcx(0x4000_0000L));
        try (var reserved = new UnmappedRegion()) {
            guest.vm().addMemory(reserved.at(0x4000_0000L));

            assertThat(vcpu.run()).isEqualTo(ExitReason.HOST_ERROR);

            assertThat(vcpu.fault().reason()).isEqualTo("KVM_RUN failed: EFAULT (14)");
        }
    }
}
