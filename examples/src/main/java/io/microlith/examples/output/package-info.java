// SPDX-License-Identifier: Apache-2.0
/** What guests write, on its way to somebody who reads it. */
@NullMarked
package io.microlith.examples.output;

import org.jspecify.annotations.NullMarked;
