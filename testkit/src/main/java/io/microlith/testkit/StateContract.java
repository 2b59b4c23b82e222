// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateCodec;
import io.microlith.vmm.state.StateReader;
import org.junit.jupiter.api.Test;

/**
 * What everything with state promises about it that no {@link io.microlith.vmm.device.DeviceFactory} makes: a part of
 * devices, or of a board. For devices, {@link SnapshotContract} says more.
 *
 * @param <T> what has the state
 * @param <S> the state
 */
public abstract class StateContract<T extends Snapshotable<S>, S extends DeviceState> {
    /** Makes a contract. */
    protected StateContract() {}

    /**
     * One of these, where it can be used.
     *
     * @param <T> what has the state
     */
    public interface Subject<T> extends AutoCloseable {
        /** It. */
        T part();

        /** Does with it what a guest does, so that its state is another one after each call. */
        void use();

        @Override
        default void close() {}
    }

    /** Makes one as it is at power-on. */
    protected abstract Subject<T> create();

    /** Makes one as it was when it was saved. */
    protected abstract Subject<T> restore(S state);

    /** Reads a state. */
    protected abstract S read(StateReader reader);

    /** The state as it is after a journey through bytes. */
    private S saved(Subject<T> subject) {
        S state = subject.part().save();
        S read = read(StateCodec.reader(StateCodec.encode(state)));
        assertThat(read).isEqualTo(state);
        return read;
    }

    @Test
    void save_afterUse_differs() {
        try (Subject<T> subject = create()) {
            S before = saved(subject);
            subject.use();
            S used = saved(subject);
            assertThat(used).isNotEqualTo(before);
            subject.use();
            assertThat(saved(subject)).isNotEqualTo(used);
        }
    }

    @Test
    void restore_usedSinceSaved_isBackAtTheSavedState() {
        try (Subject<T> subject = create()) {
            subject.use();
            S saved = saved(subject);
            subject.use();
            try (Subject<T> restored = restore(saved)) {
                assertThat(saved(restored)).isEqualTo(saved).isNotEqualTo(saved(subject));
            }
        }
    }

    @Test
    void restore_savedState_behavesTheSame() {
        try (Subject<T> subject = create()) {
            subject.use();
            try (Subject<T> restored = restore(saved(subject))) {
                subject.use();
                restored.use();
                assertThat(saved(restored)).isEqualTo(saved(subject));
            }
        }
    }
}
