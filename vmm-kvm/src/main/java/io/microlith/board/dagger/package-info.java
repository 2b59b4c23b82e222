// SPDX-License-Identifier: Apache-2.0
/** The PC board for compositions with Dagger. */
@NullMarked
package io.microlith.board.dagger;

import org.jspecify.annotations.NullMarked;
