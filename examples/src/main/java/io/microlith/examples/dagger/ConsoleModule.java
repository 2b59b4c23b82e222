// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import io.microlith.board.legacy.Serial;
import io.microlith.vmm.device.NamedDevice;

/** Adds a serial port on standard output. */
@Module
public interface ConsoleModule {
    /** The port, which a guest finds as COM1. */
    @Provides
    @IntoSet
    static NamedDevice console() {
        return Serial.to(System.out).named(0);
    }
}
