// SPDX-License-Identifier: Apache-2.0
/** ACPI Machine Language as typed terms that know their own bytes. */
@NullMarked
package io.microlith.board.acpi.aml;

import org.jspecify.annotations.NullMarked;
