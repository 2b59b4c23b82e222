/** What one exit to a device costs, against the same loop in C. */
@NullMarked
package io.microlith.benchmarks.exit;

import org.jspecify.annotations.NullMarked;
