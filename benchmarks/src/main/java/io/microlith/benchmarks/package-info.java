/** The benchmarks as a command: what there is, and how it is run. */
@NullMarked
package io.microlith.benchmarks;

import org.jspecify.annotations.NullMarked;
