// SPDX-License-Identifier: Apache-2.0
/** Java streams, which wait, beside devices, which do not. */
@NullMarked
package io.microlith.vmm.stream;

import org.jspecify.annotations.NullMarked;
