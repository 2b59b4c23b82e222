// SPDX-License-Identifier: Apache-2.0
/** The board's PCI: a host bridge with configuration ports and memory-mapped configuration space, and one bus. */
@NullMarked
package io.microlith.board.pci;

import org.jspecify.annotations.NullMarked;
