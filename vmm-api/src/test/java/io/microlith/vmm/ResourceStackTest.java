// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.error.VmmException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceStackTest {
    private final ResourceStack stack = new ResourceStack();
    private final List<String> closed = new ArrayList<>();

    private void add(String name) {
        stack.add(() -> closed.add(name));
    }

    @Test
    void close_several_lastInFirstOut() {
        add("first");
        add("second");
        stack.close();
        stack.close();
        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void close_someThrow_closesAllAndThrowsTheFirst() {
        add("bottom");
        stack.add(() -> {
            throw new IOException("second to fail");
        });
        add("middle");
        stack.add(() -> {
            throw new HypervisorException("first to fail");
        });
        assertThatThrownBy(stack::close)
                .isInstanceOf(HypervisorException.class)
                .hasMessage("first to fail")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("middle", "bottom");
    }

    @Test
    void close_somethingElseThrown_isWrapped() {
        stack.add(() -> {
            throw new IllegalStateException("device");
        });
        assertThatThrownBy(stack::close)
                .isInstanceOf(VmmException.class)
                .hasMessage("closing failed: java.lang.IllegalStateException: device");
    }

    @Test
    void close_anErrorIsThrown_closesAllAndThrowsIt() {
        add("bottom");
        stack.add(() -> {
            throw new OutOfMemoryError("made up");
        });
        add("top");
        assertThatThrownBy(stack::close).isInstanceOf(OutOfMemoryError.class);
        assertThat(closed).containsExactly("top", "bottom");
    }
}
