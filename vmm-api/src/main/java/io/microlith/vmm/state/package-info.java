// SPDX-License-Identifier: Apache-2.0
/** State of devices as plain versioned values, and the codec that carries them. */
@NullMarked
package io.microlith.vmm.state;

import org.jspecify.annotations.NullMarked;
