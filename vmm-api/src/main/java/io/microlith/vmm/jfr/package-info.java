// SPDX-License-Identifier: Apache-2.0
/** The events of a VM in a flight recording. Nobody may touch these classes unless one is being made: they load JFR. */
@NullMarked
package io.microlith.vmm.jfr;

import org.jspecify.annotations.NullMarked;
