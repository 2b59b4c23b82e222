/** What a noisy machine lets one say about two programs that did the same work in turns. */
@NullMarked
package io.microlith.benchmarks.stats;

import org.jspecify.annotations.NullMarked;
