/** The guest programs of the benchmarks. */
@NullMarked
package io.microlith.benchmarks.guest;

import org.jspecify.annotations.NullMarked;
