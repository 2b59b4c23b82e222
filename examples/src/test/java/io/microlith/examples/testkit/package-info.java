// SPDX-License-Identifier: Apache-2.0
/** What tests of the examples share. */
@NullMarked
package io.microlith.examples.testkit;

import org.jspecify.annotations.NullMarked;
