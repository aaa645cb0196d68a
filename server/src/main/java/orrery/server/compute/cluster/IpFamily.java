package orrery.server.compute.cluster;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The IP versions of a cluster's pods and services. Cluster API reads them off the ranges of
/// addresses, so a family is asked for by ranges of it.
public enum IpFamily {
    @JsonProperty("ipv4") IPV4(List.of("10.244.0.0/16"), List.of("10.96.0.0/12")),
    @JsonProperty("ipv6") IPV6(List.of("fd00:10:244::/56"), List.of("fd00:10:96::/112")),
    @JsonProperty("dual-stack") DUAL_STACK(
            List.of("10.244.0.0/16", "fd00:10:244::/56"),
            List.of("10.96.0.0/12", "fd00:10:96::/112"));

    /// Where templates take the ranges.
    static final String KEY = "clusterNetwork";

    private final List<String> pods;
    private final List<String> services;

    IpFamily(List<String> pods, List<String> services) {
        this.pods = pods;
        this.services = services;
    }

    /// What templates take as [#KEY].
    ObjectNode network() {
        var network = JsonNodeFactory.instance.objectNode();
        pods.forEach(network.putObject("pods").putArray("cidrBlocks")::add);
        services.forEach(network.putObject("services").putArray("cidrBlocks")::add);
        return network;
    }
}
