package orrery.server.platform.stack;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeView;
import orrery.server.platform.stack.Stack.Availability;
import orrery.server.platform.stack.Stack.Found;
import orrery.server.tenancy.region.Region;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Looks whether the regions have the templates of stacks. A region that does not answer says
/// nothing: what it last had counts.
@Singleton
final class CheckStacks implements Loop {
    /// Where KCM keeps the templates that it offers to projects.
    private static final String SYSTEM = "kcm-system";
    static final Kind CLUSTER_TEMPLATE = kcm("ClusterTemplate", "clustertemplates");
    static final Kind SERVICE_TEMPLATE = kcm("ServiceTemplate", "servicetemplates");

    private final Regions regions;
    private final KubeClients clients;
    private final Stacks stacks;

    CheckStacks(Regions regions, KubeClients clients, Stacks stacks) {
        this.regions = regions;
        this.clients = clients;
        this.stacks = stacks;
    }

    private static Kind kcm(String kind, String plural) {
        return new Kind("k0rdent.mirantis.com", "v1beta1", kind, plural, true);
    }

    @Override
    public String name() {
        return "check stacks";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(5);
    }

    @Override
    public void round(LoopRound round) {
        var all = stacks.all(round.grant());
        if (all.isEmpty()) {
            return;
        }
        var offers = new HashMap<String, Optional<Offer>>();
        for (var region : regions.list(round.grant())) {
            if (region.state() != Region.State.DISABLED) {
                offers.put(region.code(), offer(round.grant(), region.code()));
            }
        }
        for (var stack : all) {
            stacks.found(round.grant(), stack.id(), found(stack, offers));
        }
    }

    private static List<Availability> found(Stack stack, Map<String, Optional<Offer>> offers) {
        var found = new ArrayList<Availability>();
        offers.keySet().stream().sorted().filter(stack::isOfferedIn).forEach(region -> offers
                .get(region).map(it -> it.of(region, stack.spec()))
                .or(() -> stack.availability().stream()
                        .filter(old -> old.region().equals(region)).findFirst())
                .ifPresent(found::add));
        return found;
    }

    private Optional<Offer> offer(Grant grant, String region) {
        try {
            var view = clients.view(regions.target(grant, region));
            var offer = new Offer(read(view, CLUSTER_TEMPLATE), read(view, SERVICE_TEMPLATE));
            // One without any is not set up yet, and nothing is wrong with stacks.
            return offer.clusters().isEmpty() ? Optional.empty() : Optional.of(offer);
        } catch (KubeFailure | Problem.Failure away) {
            return Optional.empty();
        }
    }

    /// What is wrong with each template, by name; empty for a good one.
    private static Map<String, String> read(KubeView view, Kind kind) {
        var all = new HashMap<String, String>();
        view.each(kind, SYSTEM, null, object -> all.put(object.at("/metadata/name").asText(),
                object.at("/status/valid").asBoolean() ? ""
                        : object.at("/status/validationError").asText("it was not checked yet")));
        return all;
    }

    /// The templates of a region.
    private record Offer(Map<String, String> clusters, Map<String, String> services) {
        Availability of(String region, StackSpec spec) {
            var wrong = spec.clusterTemplate() == null ? null
                    : wrong(region, "ClusterTemplate", spec.clusterTemplate(), clusters);
            for (var service : spec.serviceTemplates()) {
                wrong = wrong != null ? wrong
                        : wrong(region, "ServiceTemplate", service.template(), services);
            }
            return wrong != null ? wrong : new Availability(region, Found.AVAILABLE, null);
        }

        private static @Nullable Availability wrong(
                String region, String kind, String name, Map<String, String> known) {
            var mistake = known.get(name);
            if (mistake == null) {
                return new Availability(region, Found.MISSING,
                        "there is no " + kind + " " + name);
            }
            return mistake.isEmpty() ? null : new Availability(
                    region, Found.INVALID, kind + " " + name + " is not valid: " + mistake);
        }
    }
}
