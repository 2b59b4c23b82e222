// SPDX-License-Identifier: Apache-2.0
/** Example hypervisors, each a class with a {@code main} of its own. */
@NullMarked
package io.microlith.examples;

import org.jspecify.annotations.NullMarked;
