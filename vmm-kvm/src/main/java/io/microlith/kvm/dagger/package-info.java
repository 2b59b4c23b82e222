// SPDX-License-Identifier: Apache-2.0
/** KVM for compositions with Dagger. */
@NullMarked
package io.microlith.kvm.dagger;

import org.jspecify.annotations.NullMarked;
