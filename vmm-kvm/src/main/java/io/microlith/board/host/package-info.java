// SPDX-License-Identifier: Apache-2.0
/** What a saved PC needs of a host, and what a host cannot give it. */
@NullMarked
package io.microlith.board.host;

import org.jspecify.annotations.NullMarked;
