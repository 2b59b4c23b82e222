// SPDX-License-Identifier: Apache-2.0
/** The buses over which a vCPU reaches devices: port I/O and memory-mapped I/O. */
@NullMarked
package io.microlith.vmm.bus;

import org.jspecify.annotations.NullMarked;
