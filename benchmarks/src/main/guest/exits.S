# SPDX-License-Identifier: Apache-2.0
#
# A guest that does nothing but leave the guest: position-independent 64-bit code. It is started in ring 3 with port
# I/O allowed (IOPL=3), so that its instructions run natively even where the hypervisor interprets ring 0, and with
# the first 4 GiB mapped onto themselves.
#
# It asks the control port what to do, does it, and asks again:
#   0 .. 0x7fffffff    that many writes to the port under measurement
#   bit 31 set         as many writes as the other bits say to the memory under measurement
# Zero is answered by the next question.

        .set    CONTROL_PORT, 0xe00
        .set    PORT, 0xe10
        .set    MEMORY, 0xd0000000

        .code64
        .text
        .globl  _start
_start:
        xorl    %eax, %eax
next:
        movl    $CONTROL_PORT, %edx
        inl     %dx, %eax
        movl    %eax, %ecx
        testl   %ecx, %ecx
        jz      next
        js      memory
        movl    $PORT, %edx
1:      outb    %al, %dx
        decl    %ecx
        jnz     1b
        jmp     next
memory:
        andl    $0x7fffffff, %ecx
        jz      next
        movl    $MEMORY, %edi
2:      movl    %eax, (%rdi)
        decl    %ecx
        jnz     2b
        jmp     next
