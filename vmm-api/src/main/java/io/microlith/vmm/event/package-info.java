// SPDX-License-Identifier: Apache-2.0
/** Notifications between vCPUs, devices and host threads, and the loop that waits for them. */
@NullMarked
package io.microlith.vmm.event;

import org.jspecify.annotations.NullMarked;
