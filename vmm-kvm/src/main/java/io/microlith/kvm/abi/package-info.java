// SPDX-License-Identifier: Apache-2.0
/**
 * Numbers and layouts of the KVM interface, as Linux has them, and no logic: only what this SDK uses appears here.
 *
 * <p>A {@code …Layout} class is one C struct of {@code linux/kvm.h} or x86's {@code asm/kvm.h}: its fields in their
 * order, each as its offset in bytes, and {@code SIZE}.
 */
@NullMarked
package io.microlith.kvm.abi;

import org.jspecify.annotations.NullMarked;
