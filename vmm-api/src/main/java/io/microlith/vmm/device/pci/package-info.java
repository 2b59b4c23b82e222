// SPDX-License-Identifier: Apache-2.0
/** What a PCI function is made of: message-signalled interrupts, and what is behind its BARs. */
@NullMarked
package io.microlith.vmm.device.pci;

import org.jspecify.annotations.NullMarked;
