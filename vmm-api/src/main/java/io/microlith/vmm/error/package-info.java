// SPDX-License-Identifier: Apache-2.0
/** What can go wrong, as exceptions meant for the embedder. A guest can cause none of them. */
@NullMarked
package io.microlith.vmm.error;

import org.jspecify.annotations.NullMarked;
