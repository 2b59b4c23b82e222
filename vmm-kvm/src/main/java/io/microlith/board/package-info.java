// SPDX-License-Identifier: Apache-2.0
/** The x86 board: where a PC's memory, devices, interrupts and firmware tables are, and how its processors start. */
@NullMarked
package io.microlith.board;

import org.jspecify.annotations.NullMarked;
