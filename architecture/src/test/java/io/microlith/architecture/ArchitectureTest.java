// SPDX-License-Identifier: Apache-2.0
package io.microlith.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds all classes of all modules, generated ones too, to the rules. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
    private final JavaClasses project = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.microlith");

    /** Classes of every module are looked at: without this, a rule could hold because there is nothing to hold it. */
    @Test
    void project_allModules_areThere() {
        for (String name : List.of(
                "linux.Libc",
                "vmm.VmBuilder",
                "vmm.dagger.VmModule_VmFactory",
                "kvm.KvmVm",
                "board.PcBoard",
                "testkit.FakeVcpu",
                "virtio.VirtioCore",
                "virtio.testkit.GuestDriver",
                "examples.dagger.ComposedVmm",
                "benchmarks.BenchTool")) {
            assertThat(project.contain("io.microlith." + name)).as(name).isTrue();
        }
        assertThat(project.contain("io.microlith.architecture.Rule")).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void check_project_keepsTheRule(Rule rule) {
        rule.rule().check(project);
    }

    @ParameterizedTest
    @EnumSource
    void check_breach_isFound(Rule rule) {
        assertThat(rule.breaches()).isNotEmpty();
        for (Rule.Breach breach : rule.breaches()) {
            JavaClasses guilty = new ClassFileImporter().importClasses(breach.classes());
            assertThatThrownBy(() -> rule.rule().check(guilty))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("was violated")
                    .hasMessageContaining(breach.classes().getFirst().getSimpleName());
        }
    }
}
