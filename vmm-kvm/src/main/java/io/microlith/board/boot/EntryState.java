// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

/**
 * The state in which the boot processor enters what was loaded. Registers not named here are zero; descriptor and page
 * tables are the board's, at the addresses {@link BootLayout} has for them.
 *
 * @param mode the mode
 * @param codeSegment the code segment in real mode, whose base is 16 times this; 0 in other modes, where the board
 *     chooses
 * @param rip the instruction pointer; in real mode the offset in the code segment
 * @param rsp the stack pointer
 * @param rax an argument of the boot protocol
 * @param rbx another
 * @param rsi another
 * @param rdi another
 */
public record EntryState(CpuMode mode, int codeSegment, long rip, long rsp, long rax, long rbx, long rsi, long rdi) {
    private static final long MAX_16 = 0xffff;
    private static final long MAX_32 = 0xffff_ffffL;

    /** Refuses what the mode has no bits for. */
    public EntryState {
        if (codeSegment < 0 || codeSegment > MAX_16 || (mode != CpuMode.REAL_16 && codeSegment != 0)) {
            throw new IllegalArgumentException(
                    "no code segment of " + mode + ": 0x" + Integer.toHexString(codeSegment));
        }
        switch (mode) {
            case REAL_16 -> {
                requireAtMost(MAX_16, mode, rip, rsp);
                requireAtMost(MAX_32, mode, rax, rbx, rsi, rdi);
            }
            case PROTECTED_32 -> requireAtMost(MAX_32, mode, rip, rsp, rax, rbx, rsi, rdi);
            case LONG_64, LONG_64_USER -> {}
        }
    }

    private static void requireAtMost(long most, CpuMode mode, long... registers) {
        for (long register : registers) {
            if (Long.compareUnsigned(register, most) > 0) {
                throw new IllegalArgumentException("no register of " + mode + " holds 0x" + Long.toHexString(register));
            }
        }
    }

    /** Real mode at {@code segment:offset}. */
    public static EntryState real16(int segment, int offset) {
        return new EntryState(CpuMode.REAL_16, segment, offset, 0, 0, 0, 0, 0);
    }

    /** Protected mode at an address below 4 GiB, with the boot stack of {@link BootLayout#STACK}. */
    public static EntryState protected32(long rip) {
        return new EntryState(CpuMode.PROTECTED_32, 0, rip, BootLayout.STACK_TOP, 0, 0, 0, 0);
    }

    /** Long mode at an address, with the boot stack of {@link BootLayout#STACK}. */
    public static EntryState long64(long rip) {
        return new EntryState(CpuMode.LONG_64, 0, rip, BootLayout.STACK_TOP, 0, 0, 0, 0);
    }

    /** Ring 3 of long mode at an address, with the boot stack of {@link BootLayout#STACK}. */
    public static EntryState user64(long rip) {
        return new EntryState(CpuMode.LONG_64_USER, 0, rip, BootLayout.STACK_TOP, 0, 0, 0, 0);
    }

    /** The same with another stack pointer. */
    public EntryState withRsp(long value) {
        return new EntryState(mode, codeSegment, rip, value, rax, rbx, rsi, rdi);
    }

    /** The same with another {@code rax}. */
    public EntryState withRax(long value) {
        return new EntryState(mode, codeSegment, rip, rsp, value, rbx, rsi, rdi);
    }

    /** The same with another {@code rbx}. */
    public EntryState withRbx(long value) {
        return new EntryState(mode, codeSegment, rip, rsp, rax, value, rsi, rdi);
    }

    /** The same with another {@code rsi}. */
    public EntryState withRsi(long value) {
        return new EntryState(mode, codeSegment, rip, rsp, rax, rbx, value, rdi);
    }

    /** The same with another {@code rdi}. */
    public EntryState withRdi(long value) {
        return new EntryState(mode, codeSegment, rip, rsp, rax, rbx, rsi, value);
    }
}
