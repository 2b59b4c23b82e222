// SPDX-License-Identifier: Apache-2.0
/** The small devices of a PC: serial port, keyboard controller, clock, power management, and ports for debugging. */
@NullMarked
package io.microlith.board.legacy;

import org.jspecify.annotations.NullMarked;
