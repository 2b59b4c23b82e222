// SPDX-License-Identifier: Apache-2.0
/** {@code ./microlith snapshot} and {@code ./microlith describe}. */
@NullMarked
package io.microlith.examples.cli.snapshot;

import org.jspecify.annotations.NullMarked;
