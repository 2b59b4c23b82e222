// SPDX-License-Identifier: Apache-2.0
/** A Linux with devices that is forked while it works, again from one that was, and put back. */
@NullMarked
package io.microlith.examples.fork;

import org.jspecify.annotations.NullMarked;
