/** What a benchmark is: its name, what it measures, what it is given and what it hands back. */
@NullMarked
package io.microlith.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
