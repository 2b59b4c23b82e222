// SPDX-License-Identifier: Apache-2.0
package io.microlith.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import io.microlith.board.legacy.fixture.DeviceThatKnowsKvm;
import io.microlith.virtio.fixture.one.DeviceOutsideTheBoard;
import io.microlith.virtio.fixture.one.First;
import io.microlith.virtio.fixture.two.Second;
import io.microlith.vmm.fixture.Exits;
import io.microlith.vmm.fixture.Halts;
import io.microlith.vmm.fixture.HasStaticState;
import io.microlith.vmm.fixture.Injected;
import io.microlith.vmm.fixture.KnowsDagger;
import io.microlith.vmm.fixture.KnowsTheBoard;
import io.microlith.vmm.fixture.LinksNativeFunctions;
import io.microlith.vmm.fixture.LooksSymbolsUp;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/** The rules, each with classes that break it: a rule that cannot fail is none. */
@SuppressWarnings("ImmutableEnumChecker") // an ArchRule does not change, and does not say so
enum Rule {
    ONLY_LINUX_LINKS_NATIVE_FUNCTIONS(
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.microlith.linux")
                    .should()
                    .dependOnClassesThat(belongToAnyOf(Linker.class, SymbolLookup.class)),
            Breach.of(LinksNativeFunctions.class),
            Breach.of(LooksSymbolsUp.class)),

    ONLY_DAGGER_PACKAGES_KNOW_DAGGER(
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.microlith..dagger..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("dagger..", "jakarta.inject..", "javax.inject.."),
            Breach.of(KnowsDagger.class),
            Breach.of(Injected.class)),

    PACKAGES_HAVE_NO_CIRCLES(
            slices().matching("io.microlith.(**)").should().beFreeOfCycles(), Breach.of(First.class, Second.class)),

    LIBRARIES_DO_NOT_EXIT(
            noClasses()
                    .that()
                    .resideOutsideOfPackages("io.microlith.examples..", "io.microlith.benchmarks..")
                    .should()
                    .callMethod(System.class, "exit", int.class)
                    .orShould()
                    .callMethod(Runtime.class, "exit", int.class)
                    .orShould()
                    .callMethod(Runtime.class, "halt", int.class),
            Breach.of(Exits.class),
            Breach.of(Halts.class)),

    /** The board and what sets up its processors are the two sides of one thing; nothing else knows KVM. */
    DEVICES_DO_NOT_KNOW_KVM(
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "io.microlith.kvm..",
                            "io.microlith.board",
                            "io.microlith.board.cpu",
                            "io.microlith.board.host",
                            "io.microlith.board.state",
                            "io.microlith.examples..",
                            "io.microlith.benchmarks..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.microlith.kvm.."),
            Breach.of(DeviceThatKnowsKvm.class),
            Breach.of(DeviceOutsideTheBoard.class)),

    THE_API_KNOWS_NO_OTHER_MODULE(
            classes()
                    .that()
                    .resideInAnyPackage("io.microlith.vmm..", "io.microlith.linux..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "io.microlith.vmm..",
                            "io.microlith.linux..",
                            "java..",
                            "jdk.jfr..",
                            "org.jspecify..",
                            "org.slf4j..",
                            "dagger..",
                            "jakarta.inject..",
                            "javax.inject.."),
            Breach.of(KnowsTheBoard.class)),

    ONLY_EXAMPLES_AND_BENCHMARKS_KNOW_THE_BOARD(
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "io.microlith.board..", "io.microlith.examples..", "io.microlith.benchmarks..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.microlith.board.."),
            Breach.of(KnowsTheBoard.class)),

    STATIC_FIELDS_ARE_FINAL(fields().that().areStatic().should().beFinal(), Breach.of(HasStaticState.class));

    private final ArchRule rule;
    private final List<Breach> breaches;

    Rule(ArchRule rule, Breach... breaches) {
        this.rule = rule;
        this.breaches = List.of(breaches);
    }

    ArchRule rule() {
        return rule;
    }

    /** Each of them breaks the rule. */
    List<Breach> breaches() {
        return breaches;
    }

    /**
     * Classes that break a rule together.
     *
     * @param classes the first is named by who finds it
     */
    record Breach(List<Class<?>> classes) {
        static Breach of(Class<?>... classes) {
            return new Breach(List.of(classes));
        }
    }
}
