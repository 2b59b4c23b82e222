// SPDX-License-Identifier: Apache-2.0
/** Doubles of what a device is given, and contracts that every device's tests inherit. */
@NullMarked
package io.microlith.testkit;

import org.jspecify.annotations.NullMarked;
