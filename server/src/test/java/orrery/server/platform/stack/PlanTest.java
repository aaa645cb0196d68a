package orrery.server.platform.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.db.Json;
import orrery.kit.kube.Trees;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Instant NOW = Instant.parse("2026-03-24T12:00:00Z");
    private static final StackSpec SPEC = Json.read(Trees.read("""
            clusterTemplate: kubevirt-1-0-0
            serviceTemplates:
            - {name: vllm, template: vllm-1-0-0, values: {image: {tag: v1}}}
            values: {worker: {image: ubuntu, cpus: 1}, region: north}
            pools:
            - {name: cp, role: control-plane, countKey: controlPlaneNumber}
            - {name: gpu, role: worker, nodeCount: 2, countKey: gpu.count, machineKey: gpu,
               networkKey: gpu.net.id}
            - {name: cpu, role: worker, countKey: workersNumber, machineKey: worker.type}
            instanceTypes:
              small: {cpus: 2, memory: 4Gi}
            parametersSchema:
              type: object
              properties:
                model: {type: string}
                gpus: {type: integer}
                zone: {type: string}
            defaults: {zone: a}
            parameterKeys: {model: services.vllm.model.name, gpus: config.gpu.count}
            """).toString(), StackSpec.class);

    private static Stack stack(StackSpec spec) {
        return new Stack("stk_1", "s", null, null, Map.of(), Stack.Kind.CLUSTER, spec, List.of(),
                List.of(), Stack.State.PUBLISHED, null, List.of(), NOW, null, 1, "usr_1", NOW, NOW,
                null);
    }

    private static Plan plan(String parameters) {
        var all = SPEC.defaults().deepCopy();
        all.setAll((ObjectNode) json(parameters));
        return Plan.of(stack(SPEC), all);
    }

    /// As it comes from the wire and from the database.
    private static JsonNode json(String yaml) {
        return Json.tree(Trees.read(yaml).toString());
    }

    @Test
    void parametersStandWhereTheStackSays() {
        var plan = plan("{model: llama, gpus: 5}");
        assertThat(plan.values()).isEqualTo(json("""
                {worker: {image: ubuntu, cpus: 1}, region: north, zone: a, gpu: {count: 5}}"""));
        assertThat(plan.services().getFirst().values())
                .isEqualTo(json("{image: {tag: v1}, model: {name: llama}}"));
        assertThat(plan.pool("gpu").orElseThrow().standard()).as("a parameter counts nodes")
                .isEqualTo(5);
        assertThat(plan("{}").pool("gpu").orElseThrow().standard()).isEqualTo(2);
        assertThat(SPEC.values().has("zone")).as("the stack stays as it is").isFalse();
    }

    @Test
    void parametersOfMachinesStandInTheBodyThatAsksForOne() {
        var spec = Json.read(Trees.read("""
                values: {type: vm.small, disks: [{boot: true, source: debian-12}, {sizeGb: 5}]}
                parametersSchema:
                  type: object
                  properties: {size: {type: integer}, type: {type: string}, tier: {type: string}}
                parameterKeys: {size: config.disks.0.sizeGb, tier: config.labels.tier}
                """).toString(), StackSpec.class);
        assertThat(spec.pools()).as("it has no nodes").isEmpty();
        var asked = new NewStack("m", null, null, Map.of(), Stack.Kind.VM, spec, List.of(),
                List.of());
        var machines = new Stack("stk_1", "m", null, null, Map.of(), asked.kind(), spec,
                List.of(), List.of(), Stack.State.PUBLISHED, null, List.of(), NOW, null, 1,
                "usr_1", NOW, NOW, null);
        var plan = Plan.of(machines,
                (ObjectNode) json("{size: 30, type: vm.large, tier: web}"));
        assertThat(plan.kind()).isEqualTo(Stack.Kind.VM);
        assertThat(plan.values()).isEqualTo(json("""
                {type: vm.large, disks: [{boot: true, source: debian-12, sizeGb: 30},
                {sizeGb: 5}], labels: {tier: web}}"""));
        assertThat(Json.read(Json.write(plan), Plan.class)).isEqualTo(plan);
    }

    @Test
    void onlyClustersHaveTemplatesNodesAndServices() {
        assertThatThrownBy(() -> new NewStack(null, null, null, Map.of(), Stack.Kind.VM,
                Json.read(Trees.read("""
                        serviceTemplates: [{name: a, template: x}]
                        kubernetesVersion: v1.34.1
                        pools: [{name: a, role: worker, countKey: a}]
                        instanceTypes: {small: 1}
                        values: {disks: [{boot: true}]}
                        parametersSchema: {type: object, properties: {p: {type: integer}}}
                        parameterKeys: {p: config.disks.1.sizeGb}
                        """).toString(), StackSpec.class), List.of(), List.of()))
                .hasMessageContaining("serviceTemplates").hasMessageContaining("pools")
                .hasMessageContaining("kubernetesVersion").hasMessageContaining("instanceTypes")
                .hasMessageContaining("parameterKeys.p")
                .hasMessageNotContaining("clusterTemplate");
        assertThatThrownBy(() -> new NewStack(null, null, null, Map.of(), Stack.Kind.CLUSTER,
                Json.read("{}", StackSpec.class), List.of(), List.of()))
                .hasMessageContaining("clusterTemplate");
    }

    @Test
    void plansThatClustersRememberAreOfTheirKind() {
        var old = Json.read(Json.write(plan("{}")).replace("\"kind\":\"CLUSTER\"", "\"x\":1"),
                Plan.class);
        assertThat(old).isEqualTo(plan("{}"));
    }

    @Test
    void nodesStandWhereTheStackSays() {
        var values = plan("{}").values(List.of(
                new Plan.Choice("cp", 3, null, null, null),
                new Plan.Choice("gpu", 4, "small", "net_1", null),
                new Plan.Choice("cpu", 1, null, null, null)));
        assertThat(values.at("/controlPlaneNumber").asInt()).isEqualTo(3);
        assertThat(values.at("/gpu")).isEqualTo(
                json("{count: 4, cpus: 2, memory: 4Gi, net: {id: net_1}}"));
        assertThat(values.at("/workersNumber").asInt()).isEqualTo(1);
        assertThat(values.at("/worker")).isEqualTo(json("{image: ubuntu, cpus: 1}"));
    }

    @Test
    void saysWhatCannotBeChosen() {
        var plan = plan("{}");
        var gpu = plan.pool("gpu").orElseThrow();
        assertThat(plan.mistakes(gpu, new Plan.Choice("gpu", 1, "small", "net_1", null)))
                .isEmpty();
        assertThat(plan.mistakes(gpu, new Plan.Choice("gpu", 1, "huge", null, "sub_1")))
                .containsOnlyKeys("instanceType", "subnet");
        assertThat(plan.mistakes(plan.pool("cp").orElseThrow(),
                new Plan.Choice("cp", 1, "small", "net_1", null)))
                .containsOnlyKeys("instanceType", "network");
    }

    @Test
    void staysTheSameWhenItIsStored() {
        var plan = plan("{model: llama}");
        assertThat(Json.read(Json.write(plan), Plan.class)).isEqualTo(plan);
    }

    @Test
    void namesEverythingThatIsWrongWithAStack() {
        assertThatThrownBy(() -> new NewStack("No", null, null, Map.of("a b", "c"),
                Stack.Kind.CLUSTER, Json.read(Trees.read("""
                        clusterTemplate: No Template
                        kubernetesVersion: newest
                        serviceTemplates: [{name: a, template: x}, {name: a, template: "-"}]
                        pools:
                        - {name: a, role: worker, countKey: a..b, nodeCount: 1001}
                        - {name: a, role: control-plane, countKey: c}
                        - {name: c, role: control-plane, countKey: c}
                        parametersSchema: {type: object, properties: {p: {type: integer}}}
                        defaults: {p: many, q: 1}
                        parameterKeys: {x: config.y, p: services.none.x}
                        """).toString(), StackSpec.class), List.of("No Region"), List.of()))
                .hasMessageContaining("field=name,").hasMessageContaining("labels.a b")
                .hasMessageContaining("clusterTemplate")
                .hasMessageContaining("kubernetesVersion")
                .hasMessageContaining("serviceTemplates[1].name")
                .hasMessageContaining("serviceTemplates[1].template")
                .hasMessageContaining("pools[0].countKey")
                .hasMessageContaining("pools[0].nodeCount")
                .hasMessageContaining("pools[1].name")
                .hasMessageContaining("one control plane")
                .hasMessageContaining("parameterKeys.x").hasMessageContaining("parameterKeys.p")
                .hasMessageContaining("regions[0]");
        assertThatThrownBy(() -> new NewStack(null, null, null, Map.of(), Stack.Kind.VM,
                Json.read(Trees.read("""
                        clusterTemplate: t
                        parametersSchema:
                          {type: object, required: [p, r], properties: {p: {type: integer}}}
                        defaults: {p: many, q: 1}
                        """).toString(), StackSpec.class), List.of(), List.of()))
                .hasMessageContaining("defaults.p").hasMessageContaining("defaults.q")
                .hasMessageNotContaining("defaults.r");
    }

    @Test
    void isInvalidOnlyWhereNoRegionHasItsTemplates() {
        var here = new Stack.Availability("a", Stack.Found.AVAILABLE, null);
        var missing = new Stack.Availability("b", Stack.Found.MISSING, "there is no X");
        assertThat(stack(SPEC).judged(List.of(here, missing)))
                .isEqualTo(new Stack.Judged(Stack.State.PUBLISHED, "region b: there is no X"));
        assertThat(stack(SPEC).judged(List.of(missing)).state()).isEqualTo(Stack.State.INVALID);
        assertThat(stack(SPEC).judged(List.of()).state()).isEqualTo(Stack.State.PUBLISHED);
    }
}
