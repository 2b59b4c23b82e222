// SPDX-License-Identifier: Apache-2.0
/** Which machine this is, as far as there are others that were the same: the Virtual Machine Generation ID. */
@NullMarked
package io.microlith.board.generation;

import org.jspecify.annotations.NullMarked;
