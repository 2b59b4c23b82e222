/** What it takes to get to a guest's first instruction, against a program in C. */
@NullMarked
package io.microlith.benchmarks.create;

import org.jspecify.annotations.NullMarked;
