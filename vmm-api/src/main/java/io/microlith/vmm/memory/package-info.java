// SPDX-License-Identifier: Apache-2.0
/** Guest memory: physical address ranges of a VM, mapped into this process. */
@NullMarked
package io.microlith.vmm.memory;

import org.jspecify.annotations.NullMarked;
