// SPDX-License-Identifier: Apache-2.0
/** Hypervisors, virtual machines and vCPUs, and the builder that assembles them. */
@NullMarked
package io.microlith.vmm;

import org.jspecify.annotations.NullMarked;
