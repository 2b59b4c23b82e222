// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.dagger;

import jakarta.inject.Scope;
import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** The scope of a component that has one VM. */
@Scope
@Documented
@Retention(RetentionPolicy.RUNTIME)
public @interface VmScope {}
