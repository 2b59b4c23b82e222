// SPDX-License-Identifier: Apache-2.0
/** ACPI tables of the board: what the firmware of a PC tells its operating system. */
@NullMarked
package io.microlith.board.acpi;

import org.jspecify.annotations.NullMarked;
