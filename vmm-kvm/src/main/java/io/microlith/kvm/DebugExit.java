// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/**
 * Where a vCPU stopped for a debugger.
 *
 * @param exception the vector: 1 for a step or a breakpoint in a register, 3 for INT3
 * @param pc the linear address of the next instruction, or of the INT3
 * @param dr6 what the breakpoint was, as in the register DR6
 */
public record DebugExit(int exception, long pc, long dr6) {}
