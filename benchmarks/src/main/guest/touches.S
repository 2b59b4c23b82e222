# SPDX-License-Identifier: Apache-2.0
#
# A guest that is a function of a serverless system, as far as its memory can tell: position-independent 64-bit code,
# started like exits.S. It asks the control port where its task is, does it, says what came out, and asks again. Zero is
# answered by the next question.
#
# A task is a table of 32-bit words:
#   pages     how many pages it touches, at least one
#   rounds    how many rounds it computes after that
#   page...   the guest-physical address of each; bit 0: its second word is written, else its first one is read
# What comes out is the sum of the words that were read.

        .set    CONTROL_PORT, 0xe00

        .code64
        .text
        .globl  _start
_start:
        movl    $CONTROL_PORT, %edx
        inl     %dx, %eax
        testl   %eax, %eax
        jz      _start
        movl    %eax, %esi
        movl    (%rsi), %ecx
        movl    4(%rsi), %ebp
        addl    $8, %esi
        xorl    %ebx, %ebx
next:
        movl    (%rsi), %edi
        addl    $4, %esi
        btrl    $0, %edi
        jc      write
        addl    (%rdi), %ebx
        jmp     touched
write:
        movl    %ecx, 4(%rdi)
touched:
        decl    %ecx
        jnz     next
        movl    %ebx, %eax
        testl   %ebp, %ebp
        jz      done
compute:
        imull   $0x10dcd, %ebx, %ebx
        incl    %ebx
        decl    %ebp
        jnz     compute
done:
        movl    $CONTROL_PORT, %edx
        outl    %eax, %dx
        jmp     _start
