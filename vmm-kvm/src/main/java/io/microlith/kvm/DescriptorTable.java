// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/**
 * Where a descriptor table is: GDTR or IDTR.
 *
 * @param base the linear address of the first descriptor
 * @param limit the last offset in the table, 0 to 0xffff
 */
public record DescriptorTable(long base, int limit) {}
