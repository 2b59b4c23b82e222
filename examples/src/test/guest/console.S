# SPDX-License-Identifier: Apache-2.0
#
# A multiboot 1 kernel for tests of the command line. Says "ready", then does as it is told by the serial port:
#
#   q  ends with status 3          s  switches off by ACPI          r  resets
#   p  panics (pvpanic)            t  triple-faults                 m  reads from where there is no memory
#   c  prints its command line     anything else: prints it
#
# In the image there is a table of no-interrupts, so that any exception is a triple fault. It runs in ring 0, where a
# software KVM interprets it: that is slow, but there is not much of it.

        .set    COM1, 0x3f8
        .set    LINE_STATUS, COM1 + 5
        .set    MODEM_CONTROL, COM1 + 4
        .set    DEBUG_EXIT, 0xf4
        .set    PVPANIC, 0x505
        .set    KEYBOARD_COMMAND, 0x64
        .set    PM1_CONTROL, 0x604
        .set    LOAD, 0x100000

        .set    MAGIC, 0x1badb002
        .set    FLAGS, 1 << 16                  # the addresses in the header count

        .code32
        .text
        .globl  _start
header: .long   MAGIC, FLAGS, -(MAGIC + FLAGS)
        .long   LOAD, LOAD, LOAD + end - header, LOAD + end - header + 4096, LOAD + _start - header

_start: mov     $LOAD + end - header + 4096, %esp
        mov     %ebx, %ebp                      # the multiboot information
        lidt    LOAD + no_interrupts - header
        mov     $MODEM_CONTROL, %edx
        mov     $3, %al                         # DTR and RTS: send to me
        out     %al, (%dx)
        mov     $LOAD + ready - header, %esi
        call    print

next:   mov     $LINE_STATUS, %edx
1:      in      (%dx), %al
        test    $1, %al                         # data ready
        jz      1b
        mov     $COM1, %edx
        in      (%dx), %al
        cmp     $'q', %al
        je      quit
        cmp     $'s', %al
        je      switch_off
        cmp     $'r', %al
        je      reset
        cmp     $'p', %al
        je      panic
        cmp     $'t', %al
        je      fault
        cmp     $'m', %al
        je      nowhere
        cmp     $'c', %al
        je      command_line
        out     %al, (%dx)
        jmp     next

quit:   mov     $DEBUG_EXIT, %edx
        mov     $3, %al
        out     %al, (%dx)
        jmp     next

switch_off:                                     # SLP_TYP 5 and SLP_EN in PM1a control
        mov     $PM1_CONTROL, %edx
        mov     $(5 << 10 | 1 << 13), %eax
        out     %ax, (%dx)
        jmp     next

reset:  mov     $0xfe, %al
        out     %al, $KEYBOARD_COMMAND
        jmp     next

panic:  mov     $PVPANIC, %edx
        mov     $1, %al
        out     %al, (%dx)
        jmp     next

fault:  ud2

nowhere:
        mov     0xd0000000, %al
        jmp     next

command_line:
        mov     16(%ebp), %esi
        call    print
        jmp     next

print:  mov     $COM1, %edx
1:      lodsb
        test    %al, %al
        jz      2f
        out     %al, (%dx)
        jmp     1b
2:      ret

ready:          .asciz  "ready\n"
no_interrupts:  .word   0
                .long   0
        .balign 4, 0
end:
