# SPDX-License-Identifier: Apache-2.0
#
# The guest of ./microlith hello. Entered in 64-bit mode in ring 3, with port I/O allowed, a stack, and zeroed memory
# behind the image; runs wherever it is loaded.
#
# Prints on the serial port in which ring it runs, counts the primes below a limit with the sieve of Eratosthenes,
# prints how many there are, and ends with a status at the debug-exit port.
#
# Built by ./build; the image is checked in as ../main/resources/io/microlith/examples/cli/hello/hello.bin.

        .set    SERIAL_DATA, 0x3f8
        .set    DEBUG_EXIT, 0xf4

        .text
        .globl  _start
_start: jmp     main

# What the host may change before the guest starts. HelloGuest.java knows these offsets.
        .org    8
limit:  .long   100000
status: .long   0

main:   lea     greeting(%rip), %rsi
        call    print_string
        mov     %cs, %eax               # the low two bits are the privilege level
        and     $3, %eax
        call    print_number
        lea     primes_below(%rip), %rsi
        call    print_string
        mov     limit(%rip), %eax
        call    print_number
        lea     colon(%rip), %rsi
        call    print_string
        call    count_primes
        call    print_number
        lea     end_of_line(%rip), %rsi
        call    print_string
        mov     status(%rip), %eax
        mov     $DEBUG_EXIT, %edx
        out     %al, (%dx)
1:      jmp     1b                      # the host stops us here

# Prints the zero-terminated string at rsi.
print_string:
        mov     $SERIAL_DATA, %edx
1:      lodsb
        test    %al, %al
        jz      2f
        out     %al, (%dx)
        jmp     1b
2:      ret

# Prints eax in decimal.
print_number:
        xor     %ecx, %ecx
        mov     $10, %ebx
1:      xor     %edx, %edx              # the last digit first: stack them
        div     %ebx
        push    %rdx
        inc     %ecx
        test    %eax, %eax
        jnz     1b
        mov     $SERIAL_DATA, %edx
2:      pop     %rax
        add     $'0', %al
        out     %al, (%dx)
        loop    2b
        ret

# Returns in eax how many primes there are below the limit. The sieve has a byte for each number, not zero for those
# that are multiples of a smaller one.
count_primes:
        lea     sieve(%rip), %rdi
        mov     limit(%rip), %r8d
        xor     %eax, %eax
        mov     $2, %esi
1:      cmp     %r8, %rsi
        jae     4f
        cmpb    $0, (%rdi, %rsi)
        jne     3f
        inc     %eax
        mov     %rsi, %rcx
        imul    %rcx, %rcx              # smaller multiples have smaller factors
2:      cmp     %r8, %rcx
        jae     3f
        movb    $1, (%rdi, %rcx)
        add     %rsi, %rcx
        jmp     2b
3:      inc     %rsi
        jmp     1b
4:      ret

greeting:       .asciz  "Hello from a guest in ring "
primes_below:   .asciz  ".\nPrimes below "
colon:          .asciz  ": "
end_of_line:    .asciz  ".\n"

        .balign 16, 0
sieve:                                  # not in the image
