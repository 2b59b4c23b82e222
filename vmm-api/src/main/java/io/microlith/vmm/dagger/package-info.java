// SPDX-License-Identifier: Apache-2.0
/** Composition of a VM with Dagger, which who composes with it brings along. */
@NullMarked
package io.microlith.vmm.dagger;

import org.jspecify.annotations.NullMarked;
