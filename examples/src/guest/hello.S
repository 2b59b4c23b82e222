# SPDX-License-Identifier: Apache-2.0
#
# The guest of ./microlith hello. Entered in 64-bit mode in ring 3, with port I/O allowed, a stack, and zeroed memory
# behind the image; runs wherever it is loaded.
#
# Prints on the serial port in which ring it runs, counts the primes below a limit with the sieve of Eratosthenes,
# prints how many there are, and ends with a status at the debug-exit port.
#
# Built by ./build; what it builds is checked in.

        .set    SERIAL_DATA, 0x3f8
        .set    DEBUG_EXIT, 0xf4

        .text
        .globl  _start
_start: jmp     main

# What the host may change before the guest starts. HelloGuest.java knows these offsets.
        .org    8
limit:  .long   100000
status: .long   0

main:   cld
        lea     line(%rip), %rdi
        lea     greeting(%rip), %rsi
        call    append_string
        mov     %cs, %eax               # the low two bits are the privilege level
        and     $3, %eax
        call    append_number
        call    print_line

        lea     line(%rip), %rdi
        lea     primes_below(%rip), %rsi
        call    append_string
        mov     limit(%rip), %eax
        call    append_number
        lea     colon(%rip), %rsi
        call    append_string
        call    count_primes
        call    append_number
        call    print_line

        mov     status(%rip), %eax
        mov     $DEBUG_EXIT, %edx
        out     %al, (%dx)
1:      jmp     1b                      # the host stops us here

# Copies the zero-terminated string at rsi to rdi, without the zero. Moves rdi behind it.
append_string:
1:      lodsb
        test    %al, %al
        jz      2f
        stosb
        jmp     1b
2:      ret

# Writes eax in decimal to rdi. Moves rdi behind it.
append_number:
        xor     %ecx, %ecx
        mov     $10, %ebx
1:      xor     %edx, %edx              # the last digit comes first: stack them
        div     %ebx
        push    %rdx
        inc     %ecx
        test    %eax, %eax
        jnz     1b
2:      pop     %rax
        add     $'0', %al
        stosb
        loop    2b
        ret

# Ends the line before rdi and sends it: one instruction, so that the host has one exit to handle and not eighty.
print_line:
        mov     $('.' | '\n' << 8), %eax
        stosw
        lea     line(%rip), %rsi
        mov     %rdi, %rcx
        sub     %rsi, %rcx
        mov     $SERIAL_DATA, %edx
        rep outsb
        ret

# Returns in eax how many primes there are below the limit. The sieve has a byte for each number, not zero for those
# that are multiples of a smaller one. Keeps rdi.
count_primes:
        lea     sieve(%rip), %r9
        mov     limit(%rip), %r8d
        xor     %eax, %eax
        mov     $2, %esi
1:      cmp     %r8, %rsi
        jae     4f
        cmpb    $0, (%r9, %rsi)
        jne     3f
        inc     %eax
        mov     %rsi, %rcx
        imul    %rcx, %rcx              # smaller multiples have smaller factors
2:      cmp     %r8, %rcx
        jae     3f
        movb    $1, (%r9, %rcx)
        add     %rsi, %rcx
        jmp     2b
3:      inc     %rsi
        jmp     1b
4:      ret

greeting:       .asciz  "Hello from a guest in ring "
primes_below:   .asciz  "Primes below "
colon:          .asciz  ": "

# Not in the image.
        .set    line, .
        .set    sieve, . + 256
