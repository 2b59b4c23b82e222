// SPDX-License-Identifier: Apache-2.0
/** The Linux system interface, by the Foreign Function and Memory API: the only package that links native functions. */
@NullMarked
package io.microlith.linux;

import org.jspecify.annotations.NullMarked;
