package orrery.sim.kcm;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Manifests;
import orrery.sim.operator.Nodes;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Timing;
import orrery.sim.store.Cluster;
import orrery.sim.store.Gate;
import orrery.sim.store.Region;

/// The names that KCM uses, and its operators.
public final class Kcm {
    static final String GROUP = "k0rdent.mirantis.com";
    static final String SYSTEM = "kcm-system";
    static final String DEPLOYMENTS = "clusterdeployments." + GROUP;
    static final String TEMPLATES = "clustertemplates." + GROUP;
    static final String CHAINS = "clustertemplatechains." + GROUP;
    static final String CREDENTIALS = "credentials." + GROUP;
    static final String SERVICES = "servicetemplates." + GROUP;
    static final String SERVICE_CHAINS = "servicetemplatechains." + GROUP;
    static final String PROVIDER_TEMPLATES = "providertemplates." + GROUP;
    static final String SETS = "servicesets." + GROUP;
    static final String MULTI = "multiclusterservices." + GROUP;
    static final String REGIONS = "regions." + GROUP;
    static final String MANAGEMENTS = "managements." + GROUP;
    static final String RELEASES = "releases." + GROUP;
    static final String ACCESS = "accessmanagements." + GROUP;

    /// The name of the one Management and the one AccessManagement.
    static final String SINGLETON = "kcm";
    static final String FINALIZER = GROUP + "/cluster-deployment";
    static final String MANAGED = GROUP + "/managed";
    static final String MANAGER = "kcm-controller-manager";

    private Kcm() {}

    /// What KCM's admission webhooks do on the management cluster.
    public static Gate gate(String management) {
        return new Webhooks(management);
    }

    /// @param management the cluster that KCM runs on
    /// @param kubeconfig the administrator's kubeconfig of a cluster
    /// @param more what else is installed on the management cluster
    /// @param charts what the charts of ServiceTemplates install, by name
    public static List<Operator> operators(Region region, String management,
            Function<Cluster, String> kubeconfig, Manifests more, Map<String, Manifests> charts,
            Timing timing, Clock clock) {
        var children = new ChildClusters(region, kubeconfig, clock);
        return List.of(
                new Installation(management, new Nodes(clock), more),
                new Platforms(management, children, clock),
                new Catalogue(management, clock),
                new AccessRules(management),
                new ClusterDeployments(
                        management, children, new Phases("kcm", timing, clock), clock),
                new ServiceSets(management, children, new ServiceCharts(charts),
                        new Phases("kcm", timing, clock), clock),
                new MultiClusterServices(management, clock));
    }
}
