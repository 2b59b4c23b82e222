// SPDX-License-Identifier: Apache-2.0
package io.microlith.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.microlith.vmm.fixture.HasUntestedState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Everything with state has a test that holds it to the contract of states. */
class StateContractsTest {
    private final StateContracts contracts = new StateContracts(tests());

    /** The tests of the modules that were built before this one. */
    private static JavaClasses tests() {
        List<Path> classes = Stream.of("testkit", "vmm-kvm", "devices-virtio", "examples")
                .map(module -> Path.of("..", module, "target", "test-classes"))
                .toList();
        assertThat(classes)
                .as("the tests of all modules, which are built first")
                .allMatch(Files::isDirectory);
        return new ClassFileImporter().importPaths(classes);
    }

    @Test
    void missing_project_isNothing() {
        JavaClasses project = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.microlith");

        assertThat(contracts.missing(project)).isEmpty();
    }

    @Test
    void missing_classWithoutATest_isFound() {
        JavaClasses guilty = new ClassFileImporter().importClasses(HasUntestedState.class);

        assertThat(contracts.missing(guilty)).containsExactly(HasUntestedState.class.getName());
    }
}
