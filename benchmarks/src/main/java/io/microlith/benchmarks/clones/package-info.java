/** What it takes to make machines of one that is there already, against what the kernel takes for an empty one. */
@NullMarked
package io.microlith.benchmarks.clones;

import org.jspecify.annotations.NullMarked;
