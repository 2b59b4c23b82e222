// SPDX-License-Identifier: Apache-2.0
/** What a processor of the board is and how it starts: CPUID, MSRs, descriptor and page tables. */
@NullMarked
package io.microlith.board.cpu;

import org.jspecify.annotations.NullMarked;
