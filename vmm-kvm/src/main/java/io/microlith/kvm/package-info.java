// SPDX-License-Identifier: Apache-2.0
/** KVM as a hypervisor: its VMs, its vCPUs, and what it can tell and set about them. */
@NullMarked
package io.microlith.kvm;

import org.jspecify.annotations.NullMarked;
