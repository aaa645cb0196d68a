package orrery.sim;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import orrery.sim.api.Action;
import orrery.sim.fault.Fault;
import orrery.sim.fault.FaultRules;
import orrery.sim.fault.Outages;
import orrery.sim.fault.UnreachableNodes;
import orrery.sim.kcm.Kcm;
import orrery.sim.kserve.Kserve;
import orrery.sim.kubevirt.Kubevirt;
import orrery.sim.metal3.Metal3;
import orrery.sim.operator.Events;
import orrery.sim.operator.Manifests;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Timing;
import orrery.sim.store.Cluster;
import orrery.sim.store.Gate;
import orrery.sim.store.Region;
import orrery.sim.training.Training;

/// What a simulated region plays beyond Kubernetes itself: the operators of the management
/// cluster and of the services on its clusters, and faults.
public final class Platform {
    private final Region region;
    private final String management;
    private final Timing timing;
    private final Clock clock;
    private final FaultRules rules;
    private final Outages outages;

    /// @param management the name of the cluster that KCM and Metal3 run on
    public Platform(Region region, String management, Timing timing, Clock clock) {
        this.region = region;
        this.management = management;
        this.timing = timing;
        this.clock = clock;
        this.rules = new FaultRules(region, management, clock);
        this.outages = new Outages(management);
    }

    /// What looks at every write; to be set before anything is written.
    public Gate gate() {
        return Kcm.gate(management).and(Metal3.gate()).and(Kubevirt.gate())
                .and(Training.gate())
                .and(rules.gate());
    }

    /// Which API servers are away at present.
    public Outages outages() {
        return outages;
    }

    /// What clients ask of aggregated API servers.
    public List<Action> actions() {
        return Kubevirt.actions(clock);
    }

    /// @param kubeconfig the administrator's kubeconfig of a cluster
    public List<Operator> operators(Function<Cluster, String> kubeconfig) {
        var events = new Events(clock);
        var installed = Manifests.read(Fault.class, "crds.yaml").and(Metal3.manifests())
                .and(Kubevirt.manifests()).and(Kserve.manifests()).and(Training.manifests());
        var charts = Map.of("kubevirt", Kubevirt.manifests(), "kserve", Kserve.manifests(),
                "kubeflow-trainer", Training.manifests());
        var all = new ArrayList<Operator>(Kcm.operators(
                region, management, kubeconfig, installed, charts, timing, clock));
        all.add(rules);
        all.add(outages);
        all.add(new UnreachableNodes(timing, clock));
        all.addAll(Metal3.operators(timing, events, clock));
        all.addAll(Kserve.operators(timing, events, clock));
        all.addAll(Training.operators(timing, events, clock));
        all.addAll(Kubevirt.operators(timing, events, clock));
        return all;
    }
}
