// SPDX-License-Identifier: Apache-2.0
/** Who may know whom. */
@NullMarked
package io.microlith.architecture;

import org.jspecify.annotations.NullMarked;
