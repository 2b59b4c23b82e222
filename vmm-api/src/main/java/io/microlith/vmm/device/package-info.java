// SPDX-License-Identifier: Apache-2.0
/** What a device is to the rest of the machine, and how one is plugged in. */
@NullMarked
package io.microlith.vmm.device;

import org.jspecify.annotations.NullMarked;
