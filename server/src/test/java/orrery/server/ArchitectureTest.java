package orrery.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.inject.Inject;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import orrery.kit.durable.Loop;
import orrery.kit.durable.Saga;
import orrery.kit.http.Needs;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.server.iam.role.Permissions;
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

    @Test
    void onlySagasAndLoopsWriteToKubernetes() {
        noClasses().that().resideInAPackage("orrery.server..")
                .and().areNotAssignableTo(Saga.class).and().areNotAssignableTo(Loop.class)
                .should().accessTargetWhere(DescribedPredicate.describe("it writes to Kubernetes",
                        (JavaAccess<?> access) -> isWrite(access.getTarget())))
                .because("a change that must survive a crash is a step of a saga; one that keeps"
                        + " the world as it shall be is a loop's")
                .check(ours);
    }

    private static boolean isWrite(AccessTarget target) {
        return target.getOwner().isEquivalentTo(Kube.class)
                        && Set.of("apply", "change", "ensure", "delete", "deleteAsSeen", "act",
                                "token").contains(target.getName())
                || target.getOwner().isEquivalentTo(KubeClients.class)
                        && target.getName().equals("writer");
    }

    @Test
    void everyRouteAsksForAPermissionThatThereIs() {
        var asked = ours.stream()
                .flatMap(api -> api.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(Needs.class))
                .map(method -> method.getAnnotationOfType(Needs.class).value())
                .distinct().toList();
        assertThat(asked).isNotEmpty().allSatisfy(
                name -> assertThat(Permissions.ALL).contains(name));
    }

    /// A method of [Kube] that somebody adds is a write until it is named as a read.
    @Test
    void knowsEveryWriteToKubernetes() {
        assertThat(Arrays.stream(Kube.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName).distinct())
                .containsExactlyInAnyOrder(
                        "view", "apply", "change", "ensure", "delete", "deleteAsSeen", "act",
                        "token");
    }
}
