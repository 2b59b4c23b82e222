// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/**
 * Where and why a vCPU stopped for good.
 *
 * @param vcpu the vCPU's number
 * @param reason the hypervisor's name for the exit, with its details
 * @param instruction the bytes at the instruction pointer in hexadecimal, or empty if they are not known
 * @param registers the registers, one group a line, as the hypervisor shows them after the exit: on AMD's processors a
 *     triple fault leaves those of a reset
 */
public record VcpuFault(int vcpu, String reason, String instruction, String registers) {
    /** All of it, over several lines. */
    @Override
    public String toString() {
        String bytes = instruction.isEmpty() ? "" : "\ninstruction: " + instruction;
        return "vCPU " + vcpu + ": " + reason + bytes + "\n" + registers;
    }
}
