/** Programs in C that do what the SDK does: built where the benchmark runs, and talked to line by line. */
@NullMarked
package io.microlith.benchmarks.baseline;

import org.jspecify.annotations.NullMarked;
