package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// The providers of clusters: which are installed, and whose identities each of them takes.
final class Providers {
    static final String INTERNAL = "infrastructure-internal";

    private static final String PREFIX = "cluster-api-provider-";
    private static final String INFRASTRUCTURE = "infrastructure-";
    static final List<String> CONTRACTS = List.of("v1beta1", "v1beta2");

    /// Of what kinds a provider's identities are; a Secret for what is not listed.
    private static final Map<String, Set<String>> IDENTITIES = Map.of(
            "infrastructure-aws", Set.of("AWSClusterStaticIdentity", "AWSClusterRoleIdentity",
                    "AWSClusterControllerIdentity"),
            "infrastructure-azure", Set.of("AzureClusterIdentity", "Secret"),
            "infrastructure-vsphere", Set.of("VSphereClusterIdentity", "Secret"));

    private Providers() {}

    /// What an installation offers. It counts as installed as soon as it is asked for.
    ///
    /// @param installation a Management or a Region
    static Set<String> of(JsonNode installation) {
        var all = new TreeSet<String>();
        for (var one : installation.path("spec").path("providers")) {
            all.addAll(exposed(one.path("name").asText()));
        }
        return all;
    }

    /// What one component of an installation offers.
    static List<String> exposed(String component) {
        if (!component.startsWith(PREFIX)) {
            return List.of();
        }
        var name = component.substring(PREFIX.length());
        return name.endsWith("k0smotron")
                ? List.of("bootstrap-" + name, "control-plane-" + name, INFRASTRUCTURE + name)
                : List.of(INFRASTRUCTURE + name);
    }

    /// What is installed where a credential's clusters are made: in its Region, else on the
    /// management cluster. A Region that names no providers has those of the management cluster.
    private static Set<String> available(Cluster cluster, String region) {
        var of = region.isEmpty() ? Optional.<Item>empty()
                : cluster.get(Kcm.REGIONS, "", region)
                        .filter(one -> one.tree().path("spec").has("providers"));
        return of.or(() -> cluster.get(Kcm.MANAGEMENTS, "", Kcm.SINGLETON))
                .map(one -> of(one.tree())).orElse(Set.of());
    }

    /// Why a template cannot be used there: a provider that it needs is not installed, or not
    /// with the contract that it asks for.
    static Optional<String> mistake(Cluster cluster, Item template, String region) {
        var there = available(cluster, region);
        var missing = new ArrayList<String>();
        for (var one : template.tree().path("spec").path("providers")) {
            if (!there.contains(one.asText())) {
                missing.add(one.asText());
            }
        }
        if (!missing.isEmpty()) {
            return Optional.of("one or more required providers are not deployed yet: " + missing
                    + "; installed are " + there);
        }
        for (var one : template.tree().path("spec").path("providerContracts").properties()) {
            if (!CONTRACTS.contains(one.getValue().asText())) {
                return Optional.of("the contract %s of provider %s is not among those supported: %s"
                        .formatted(one.getValue().asText(), one.getKey(), CONTRACTS));
            }
        }
        return Optional.empty();
    }

    /// Why none of a template's providers takes the credential's identity.
    static Optional<String> identityMistake(Item template, Item credential) {
        var kind = credential.tree().path("spec").path("identityRef").path("kind").asText();
        for (var one : template.tree().path("spec").path("providers")) {
            var provider = one.asText();
            boolean cloud = provider.startsWith(INFRASTRUCTURE) && !provider.contains("k0smotron");
            if (cloud && !IDENTITIES.getOrDefault(provider, Set.of("Secret")).contains(kind)) {
                return Optional.of("wrong kind of the ClusterIdentity \"%s\" for provider \"%s\""
                        .formatted(kind, provider));
            }
        }
        return Optional.empty();
    }

    /// Whether a template's clusters exist already, and are only looked after.
    static boolean adopts(Item template) {
        for (var one : template.tree().path("spec").path("providers")) {
            if (one.asText().equals(INTERNAL)) {
                return true;
            }
        }
        return Charts.of(template).equals("adopted-cluster");
    }
}
