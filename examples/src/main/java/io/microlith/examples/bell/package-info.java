// SPDX-License-Identifier: Apache-2.0
/** A PCI function of one's own: a bell that the guest rings, and that answers with an interrupt. */
@NullMarked
package io.microlith.examples.bell;

import org.jspecify.annotations.NullMarked;
