// SPDX-License-Identifier: Apache-2.0
/** PCI as a device author sees it: a function's configuration space, and the bus it sits on. */
@NullMarked
package io.microlith.vmm.bus.pci;

import org.jspecify.annotations.NullMarked;
