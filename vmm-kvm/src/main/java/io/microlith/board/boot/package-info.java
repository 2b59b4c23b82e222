// SPDX-License-Identifier: Apache-2.0
/** Boot protocols: what puts a kernel into guest memory, and says in which state the boot processor enters it. */
@NullMarked
package io.microlith.board.boot;

import org.jspecify.annotations.NullMarked;
