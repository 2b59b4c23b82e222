// SPDX-License-Identifier: Apache-2.0
/** The command that says what a host can do for virtual machines, and how to mend what it cannot. */
@NullMarked
package io.microlith.examples.cli.doctor;

import org.jspecify.annotations.NullMarked;
