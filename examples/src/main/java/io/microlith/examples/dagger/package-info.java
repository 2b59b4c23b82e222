// SPDX-License-Identifier: Apache-2.0
/** A VMM composed with Dagger: the component to copy, and a {@code main} that uses it. */
@NullMarked
package io.microlith.examples.dagger;

import org.jspecify.annotations.NullMarked;
