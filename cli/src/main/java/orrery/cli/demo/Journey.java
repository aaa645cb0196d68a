package orrery.cli.demo;

import java.util.function.Supplier;
import orrery.cli.Patience;
import orrery.cli.Refused;
import org.jspecify.annotations.Nullable;

/// The main job, end to end, one step per line.
final class Journey {
    private final Visit visit;
    private final Account account;
    private final Patience patience;
    private final ComposeFile compose;
    private final Table table;

    Journey(Visit visit, Account account, Patience patience, ComposeFile compose, Table table) {
        this.visit = visit;
        this.account = account;
        this.patience = patience;
        this.compose = compose;
        this.table = table;
    }

    /// Whether every step went well. The first that does not ends the journey.
    boolean run(@Nullable String email, @Nullable String password) {
        var runs = new RunFollower(visit);
        var cloud = new CloudSteps(visit, runs);
        var access = new AccessSteps(visit, runs, patience);
        var studio = new StudioSteps(visit, runs, patience, compose);
        var workspace = new WorkspaceSteps(visit, patience);
        return step("account", () -> account.signIn(visit, email, password))
                && step("API key", cloud::exchangeKey)
                && step("places", cloud::makePlaces)
                && step("cluster", cloud::createCluster)
                && step("kubeconfig", access::useAndRevoke)
                && step("studio", studio::findCluster)
                && step("compose", studio::deploy)
                && step("workspace", workspace::typeAndTransfer)
                && step("clean-up", access::removeAll);
    }

    private boolean step(String name, Supplier<String> body) {
        long begin = patience.millis();
        try {
            var result = body.get();
            table.done(name, result.lines().findFirst().orElse(""), patience.millis() - begin);
            result.lines().skip(1).forEach(table::remark);
            return true;
        } catch (Refused refused) {
            table.failed(name, refused.getMessage(), patience.millis() - begin);
            visit.undo.whatGoes(table::remark);
            return false;
        }
    }
}
