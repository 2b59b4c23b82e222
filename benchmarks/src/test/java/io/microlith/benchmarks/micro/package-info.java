/** The exit path without a hypervisor: nanoseconds and bytes, by JMH. */
@NullMarked
package io.microlith.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
