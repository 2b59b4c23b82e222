// SPDX-License-Identifier: Apache-2.0
/** What a saved PC is made of: the parts of its state that are not a device's. */
@NullMarked
package io.microlith.board.state;

import org.jspecify.annotations.NullMarked;
