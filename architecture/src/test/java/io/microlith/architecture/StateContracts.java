// SPDX-License-Identifier: Apache-2.0
package io.microlith.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import io.microlith.board.legacy.NoState;
import io.microlith.testkit.SnapshotContract;
import io.microlith.testkit.StateContract;
import io.microlith.vmm.state.Snapshotable;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which of the classes that have state are held to a contract of it: that it is another one after use, and the same
 * after a restore. What has no state, {@link NoState}, has nothing to hold to it.
 */
final class StateContracts {
    /** The states that tests of devices are about, and what other tests are about. */
    private final Set<String> subjects;

    /** Of the classes of tests. */
    StateContracts(JavaClasses tests) {
        subjects = tests.stream()
                .filter(test -> !test.getModifiers().contains(JavaModifier.ABSTRACT))
                .flatMap(test -> subject(test).stream())
                .collect(Collectors.toSet());
    }

    /** A device's state is its own, and so says which device it is; what is a part only says so itself. */
    private static Optional<String> subject(JavaClass test) {
        Optional<JavaParameterizedType> base = test.getSuperclass()
                .filter(JavaParameterizedType.class::isInstance)
                .map(JavaParameterizedType.class::cast);
        return base.filter(type -> type.toErasure().isEquivalentTo(SnapshotContract.class))
                .map(type -> argument(type, 1))
                .or(() -> base.filter(type -> type.toErasure().isEquivalentTo(StateContract.class))
                        .map(type -> argument(type, 0)));
    }

    private static String argument(JavaParameterizedType type, int index) {
        return type.getActualTypeArguments().get(index).toErasure().getName();
    }

    /** Those of some classes that have state and no such test, by name. */
    List<String> missing(JavaClasses project) {
        return project.stream()
                .filter(type -> !type.isInterface() && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .filter(type -> type.isAssignableTo(Snapshotable.class))
                .filter(type -> !isCovered(type))
                .map(JavaClass::getName)
                .sorted()
                .toList();
    }

    private boolean isCovered(JavaClass type) {
        String state = state(type).orElseThrow(() -> new AssertionError(type.getName() + " has no state of its own"));
        return state.equals(NoState.class.getName()) || subjects.contains(type.getName()) || subjects.contains(state);
    }

    private static Optional<String> state(JavaClass type) {
        return Stream.concat(type.getInterfaces().stream(), superclass(type))
                .flatMap(parent -> parentState(parent).stream())
                .findFirst();
    }

    private static Stream<JavaType> superclass(JavaClass type) {
        return type.getSuperclass().stream();
    }

    private static Optional<String> parentState(JavaType parent) {
        if (parent instanceof JavaParameterizedType known && known.toErasure().isEquivalentTo(Snapshotable.class)) {
            return Optional.of(argument(known, 0));
        }
        return state(parent.toErasure());
    }
}
