package orrery.server.iam.apikey;

import java.util.Base64;
import java.util.random.RandomGenerator;
import orrery.kit.db.Tx;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;

/// Random keys of the installation's own, sealed in the database: what secrets are hashed with.
final class PepperTable {
    static final SealedColumn SEALED = new SealedColumn("iam_secret", "name", "sealed");
    private static final int BYTES = 32;

    private static final String INSERT = """
            insert into iam_secret (name, sealed)
            values (:name, :sealed)
            on conflict (name) do nothing""";

    private static final String FIND = """
            select sealed
            from iam_secret
            where name = :name""";

    /// The key of that name, made when it is asked for first. All server processes get the same.
    byte[] key(Tx tx, Sealing sealing, RandomGenerator random, String name) {
        var made = new byte[BYTES];
        random.nextBytes(made);
        var place = SEALED.at(name);
        tx.handle().createUpdate(INSERT)
                .bind("name", name)
                .bind("sealed", sealing.seal(Base64.getEncoder().encodeToString(made), place))
                .execute();
        var sealed = tx.handle().createQuery(FIND).bind("name", name).mapTo(byte[].class).one();
        return Base64.getDecoder().decode(sealing.open(sealed, place));
    }
}
