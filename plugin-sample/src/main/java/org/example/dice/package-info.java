// SPDX-License-Identifier: Apache-2.0
/** A die in a port. */
@NullMarked
package org.example.dice;

import org.jspecify.annotations.NullMarked;
