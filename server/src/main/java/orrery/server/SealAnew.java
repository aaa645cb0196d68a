package orrery.server;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import orrery.kit.db.Database;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import orrery.kit.durable.Runs;
import orrery.kit.http.Idempotency;
import orrery.kit.mail.Mail;
import orrery.kit.secret.Resealing;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import orrery.server.auth.factor.Factors;
import orrery.server.auth.login.InviteCodes;
import orrery.server.auth.token.SigningKeys;
import orrery.server.compute.cluster.Clusters;
import orrery.server.compute.kubeconfig.Kubeconfigs;
import orrery.server.iam.apikey.KeySecrets;
import orrery.server.iam.provider.Providers;
import orrery.server.infrastructure.machine.Machines;
import orrery.server.platform.inference.Endpoints;
import orrery.server.platform.training.Trainings;
import orrery.server.studio.diagram.Diagrams;
import orrery.server.studio.importer.Imports;
import orrery.server.tenancy.region.Regions;
import orrery.server.workspace.credential.Credentials;

/// Seals every stored secret anew after a key was added to the key file.
@Singleton
final class SealAnew implements Loop {
    /// Everything that is sealed.
    static final List<SealedColumn> COLUMNS = Stream.concat(Runs.SEALED.stream(), Stream.of(
            Idempotency.SEALED, SigningKeys.SEALED, InviteCodes.SEALED, KeySecrets.SEALED,
            Regions.SEALED, Clusters.SEALED, Kubeconfigs.SEALED, Diagrams.SEALED,
            Imports.SEALED, Credentials.SEALED, Machines.SEALED, Endpoints.SEALED,
            Trainings.SEALED,
            Mail.SEALED, Factors.SEALED, Providers.SEALED)).toList();

    private static final Logger LOG = Logger.getLogger(SealAnew.class);

    private final Resealing resealing;

    SealAnew(Database database, Sealing sealing) {
        this.resealing = new Resealing(database, sealing);
    }

    @Override
    public String name() {
        return "seal anew";
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(5);
    }

    @Override
    public void round(LoopRound round) {
        if (resealing.isDue(round.grant())) {
            LOG.infof("sealed %d secrets anew, with the newest key of the key file",
                    resealing.all(round.grant(), COLUMNS));
        }
    }
}
