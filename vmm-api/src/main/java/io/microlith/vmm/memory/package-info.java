/** Guest memory: physical address ranges of a VM, mapped into this process. */
@NullMarked
package io.microlith.vmm.memory;

import org.jspecify.annotations.NullMarked;
