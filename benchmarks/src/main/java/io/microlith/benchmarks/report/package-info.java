/** Measurements as text, as JSON and as pictures. */
@NullMarked
package io.microlith.benchmarks.report;

import org.jspecify.annotations.NullMarked;
