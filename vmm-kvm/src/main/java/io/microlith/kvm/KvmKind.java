// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/** How a KVM runs guest code. */
public enum KvmKind {
    /** By virtualization hardware: all of it at native speed. */
    HARDWARE,
    /**
     * Without: user code at native speed, kernel code instruction by instruction, about a thousand times slower. A
     * kernel that expects hardware does not boot on it in useful time.
     */
    SOFTWARE
}
