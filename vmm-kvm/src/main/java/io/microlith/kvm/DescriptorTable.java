// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/**
 * GDTR or IDTR: where a descriptor table is.
 *
 * @param base the linear address of the first descriptor
 * @param limit the last offset in the table, 0 to 0xffff
 */
public record DescriptorTable(long base, int limit) {}
