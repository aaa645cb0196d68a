package orrery.cli.demo;

import java.util.Objects;
import orrery.cli.Api;
import org.jspecify.annotations.Nullable;

/// What the steps of one journey hand on to each other.
final class Visit {
    /// Unique per journey, so that any number of them can run at once: `demo-4fz1c`.
    final String name;
    final String region;
    final Undo undo = new Undo();

    private @Nullable Api session;
    private @Nullable Api operator;
    private @Nullable Api api;
    private @Nullable String project;
    private @Nullable String clusterName;
    private @Nullable Kubernetes kubernetes;

    Visit(String name, String region) {
        this.name = name;
        this.region = region;
    }

    /// As the person who signed in.
    Api session() {
        return Objects.requireNonNull(session, "nobody signed in yet");
    }

    void signedIn(Api api) {
        session = api;
    }

    /// By a short-lived token that counts wherever the account does.
    Api operator() {
        return Objects.requireNonNull(operator, "no token yet");
    }

    void exchanged(Api operator) {
        this.operator = operator;
    }

    /// By a short-lived token for the journey's project. Families without a word for projects work
    /// in the one that the token is for.
    Api api() {
        return Objects.requireNonNull(api, "no project yet");
    }

    void worksIn(String project, Api api) {
        this.project = project;
        this.api = api;
    }

    /// `/v1/regions/sim1/projects/prj_…/compute`
    String compute() {
        return "/v1/regions/" + region + "/projects/"
                + Objects.requireNonNull(project, "no project yet") + "/compute";
    }

    void clusterIs(String name) {
        clusterName = name;
    }

    String clusterName() {
        return Objects.requireNonNull(clusterName, "no cluster yet");
    }

    void reachedBy(Kubernetes kubernetes) {
        this.kubernetes = kubernetes;
    }

    Kubernetes kubernetes() {
        return Objects.requireNonNull(kubernetes, "no kubeconfig yet");
    }
}
