package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Context;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import orrery.kit.Problem;
import orrery.kit.http.BodyReader;
import orrery.kit.http.Patch;
import orrery.kit.http.Route;
import orrery.kit.http.Routes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.jspecify.annotations.Nullable;

/// All mistakes of a body are named at once, those of kind and those of value. For that, a body's
/// rules must bear that other parts of it are missing; a new body is tried without anybody writing
/// a test for it.
@QuarkusTest
class BodiesTest {
    @Inject
    Routes routes;

    @TestFactory
    Stream<DynamicTest> rulesBearThatPartsAreMissing() {
        var bodies = routes.all().stream().map(Route::handler).filter(Objects::nonNull)
                .flatMap(handler -> Arrays.stream(handler.getParameters()))
                .filter(parameter -> !parameter.isAnnotationPresent(Context.class))
                .map(Parameter::getType).filter(Class::isRecord)
                .distinct().toList();
        assertThat(bodies).hasSizeGreaterThan(15);
        return bodies.stream().map(body -> DynamicTest.dynamicTest(body.getName(), () -> {
            refusesAtMost(body, component -> nothing(component.getType(), false));
            refusesAtMost(body, component -> nothing(component.getType(), true));
            refusesAtMost(body, BodiesTest::hollow);
        }));
    }

    private interface Filling {
        @Nullable Object of(RecordComponent component) throws ReflectiveOperationException;
    }

    private static void refusesAtMost(Class<?> body, Filling filling)
            throws ReflectiveOperationException {
        var components = body.getRecordComponents();
        var arguments = new Object[components.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = filling.of(components[i]);
        }
        var thrown = catchThrowable(() -> constructor(body).newInstance(arguments));
        if (thrown != null) {
            assertThat(thrown.getCause()).as("what the rules of %s do", body.getName())
                    .isInstanceOfSatisfying(Problem.Failure.class, refusal ->
                            assertThat(refusal.problem()).isInstanceOf(Problem.Invalid.class));
        }
    }

    private static Constructor<?> constructor(Class<?> type) throws NoSuchMethodException {
        var constructor = type.getDeclaredConstructor(Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        return constructor;
    }

    /// What the reader gives where it noted a mistake.
    private static @Nullable Object nothing(Class<?> type, boolean isSaid) {
        return switch (type.getName()) {
            case "int" -> 0;
            case "long" -> 0L;
            case "double" -> 0.0;
            case "boolean" -> false;
            default -> type != Patch.class ? null : isSaid ? Patch.of(null) : Patch.absent();
        };
    }

    /// Lists with one item of which nothing is known.
    private static @Nullable Object hollow(RecordComponent component)
            throws ReflectiveOperationException {
        if (component.getType() == List.class && item(component.getAnnotatedType()).isRecord()) {
            var item = item(component.getAnnotatedType());
            var inner = Arrays.stream(item.getRecordComponents())
                    .map(it -> nothing(it.getType(), false)).toArray();
            return List.of(constructor(item).newInstance(inner));
        }
        return component.getType() == List.class ? List.of()
                : component.getType() == Map.class ? Map.of()
                : nothing(component.getType(), false);
    }

    private static Class<?> item(AnnotatedType list) {
        var type = ((AnnotatedParameterizedType) list).getAnnotatedActualTypeArguments()[0];
        return type.getType() instanceof Class<?> found ? found : Object.class;
    }

    @Test
    void namesMistakesOfKindAndOfValueAtOnce() throws ClassNotFoundException {
        refuses("orrery.server.auth.login.LoginStudioApi$Register", """
                {"email": "nobody", "password": "short", "nmae": "Ann"}""",
                "email", "password", "name", "nmae");
        refuses("orrery.server.compute.network.NetworksApi$New", """
                {"name": "-", "displayName": " ", "labels": 5}""",
                "name", "displayName", "labels", "cidr");
        refuses("orrery.server.compute.network.NetworksApi$Change", """
                {"displayName": " ", "description": 5}""", "displayName", "description");
        refuses("orrery.server.compute.cluster.ClusterBody$New", """
                {"name": "A", "kubernetesVersion": "new", "labels": {"a b": "c"}, "nodePools": [
                  {"role": "queen"}, {"role": "worker", "nodeCount": -1, "name": "?"}]}""",
                "name", "kubernetesVersion", "labels.a b", "nodePools[0].role",
                "nodePools[1].nodeCount", "nodePools[1].name");
        refuses("orrery.server.compute.cluster.ClusterBody$Change", """
                {"displayName": 7, "nodePools": [{"role": "worker", "nodeCount": -1}]}""",
                "displayName", "nodePools[0].nodeCount");
        refuses("orrery.server.tenancy.project.ProjectsApi$New", """
                {"name": "A", "displayName": "", "visibility": "all"}""",
                "organizationId", "name", "displayName", "visibility");
        refuses("orrery.server.iam.apikey.ApiKeysApi$New", """
                {"name": "A", "scope": "everything", "roles": "all"}""",
                "name", "displayName", "scope", "roles");
        refuses("orrery.server.studio.diagram.DiagramsApi$New", """
                {"name": 1, "nodes": {}, "edges": 2}""", "name", "nodes", "edges");
    }

    private static void refuses(String body, String json, String... fields)
            throws ClassNotFoundException {
        var type = Class.forName(body);
        assertThatThrownBy(() -> BodyReader.read(
                type, json.getBytes(StandardCharsets.UTF_8), true, Instant.EPOCH))
                .isInstanceOfSatisfying(Problem.Failure.class, refusal ->
                        assertThat(refusal.problem()).isInstanceOfSatisfying(
                                Problem.Invalid.class, invalid -> assertThat(invalid.mistakes())
                                        .extracting(Problem.Mistake::field)
                                        .containsExactlyInAnyOrder(fields)));
    }
}
