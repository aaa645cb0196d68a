package orrery.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.inject.Inject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What may depend on what.
class ArchitectureTest {
    private static JavaClasses ours;

    @BeforeAll
    static void read() {
        ours = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("orrery");
    }

    @Test
    void areasFormNoCycle() {
        slices().matching("orrery.server.(*)..").should().beFreeOfCycles()
                .because("an area that two others need belongs below both")
                .check(ours);
    }

    @Test
    void whoYouAreKnowsNothingOfWhatYouRun() {
        noClasses().that().resideInAnyPackage(
                        "orrery.server.auth..", "orrery.server.iam..", "orrery.server.tenancy..")
                .should().dependOnClassesThat().resideInAnyPackage(
                        "orrery.server.compute..", "orrery.server.infrastructure..",
                        "orrery.server.platform..", "orrery.server.studio..",
                        "orrery.server.workspace..")
                .because("identity stands below the resources: let them ask it, not it them")
                .check(ours);
    }

    @Test
    void tablesAreTheirPackagesOwn() {
        classes().that().haveSimpleNameEndingWith("Table")
                .and().resideInAPackage("orrery.server..")
                .should().notBePublic()
                .because("other features call the plural, never the table")
                .allowEmptyShould(true)
                .check(ours);
    }

    @Test
    void theKitKnowsNoResource() {
        noClasses().that().resideInAPackage("orrery.kit..")
                .should().dependOnClassesThat().resideInAPackage("orrery.server..")
                .because("the kit is what any control plane needs")
                .check(ours);
    }

    @Test
    void objectsAreGivenInConstructors() {
        fields().should().notBeAnnotatedWith(Inject.class)
                .because("a constructor shows what an object needs")
                .check(ours);
    }
}
