// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/**
 * A model-specific register and its value.
 *
 * @param index the register's number: ECX of RDMSR
 * @param value its value
 */
public record MsrValue(int index, long value) {
    /** {@code msr 0x1b=0xfee00900}. */
    @Override
    public String toString() {
        return "msr 0x" + Integer.toHexString(index) + "=0x" + Long.toHexString(value);
    }
}
