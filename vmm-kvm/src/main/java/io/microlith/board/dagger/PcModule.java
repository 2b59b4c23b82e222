// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.dagger;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoMap;
import dagger.multibindings.StringKey;
import io.microlith.board.PcBoard;
import io.microlith.board.legacy.DebugConsoleFactory;
import io.microlith.board.legacy.SerialFactory;
import io.microlith.vmm.Board;
import io.microlith.vmm.device.DeviceFactory;

/** Has a component provide a PC as its {@link Board}, with the factories of the devices one can add to it. */
@Module
public interface PcModule {
    /** The board. */
    @Provides
    static Board board() {
        return new PcBoard();
    }

    /** The factory of serial ports. */
    @Provides
    @IntoMap
    @StringKey("serial")
    static DeviceFactory<?, ?> serial() {
        return new SerialFactory();
    }

    /** The factory of debug consoles. */
    @Provides
    @IntoMap
    @StringKey("debug-console")
    static DeviceFactory<?, ?> debugConsole() {
        return new DebugConsoleFactory();
    }
}
