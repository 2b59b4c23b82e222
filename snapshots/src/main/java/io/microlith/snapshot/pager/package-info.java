// SPDX-License-Identifier: Apache-2.0
/**
 * Guest memory whose pages come when they are touched: by userfaultfd for vCPUs and system calls, and for Java code by
 * asking before each access.
 */
@NullMarked
package io.microlith.snapshot.pager;

import org.jspecify.annotations.NullMarked;
