package orrery.server.platform.catalogue;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import org.jdbi.v3.core.statement.SqlStatement;

/// The SQL of table `image`.
final class ImageTable {
    private static final String COLUMNS = """
            id, region, code, display_name, os, architecture, url, checksum, min_disk_gb, state,
              version, created_at, updated_at""";

    private static final Listing<Image> LIST = Listing.of(
            Image.class, "images", COLUMNS, """
            image
            where region = :region""")
            .time("updatedAt").text("code", "displayName", "os", "architecture")
            .oneOf("state", OfferState.class).searching("code", "displayName");

    private static final String FIND = "select " + COLUMNS + """

            from image
            where region = :region
              and code = :code""";

    Page<Image> list(Tx tx, Paging paging, PageAsk ask, String region) {
        return LIST.page(tx, paging, ask, Map.of("region", region));
    }

    Optional<Image> find(Tx tx, String region, String code) {
        return tx.handle().createQuery(FIND).bind("region", region).bind("code", code)
                .mapTo(Image.class).findOne();
    }

    /// As [#find], and nobody else changes it until the transaction ends.
    Optional<Image> lock(Tx tx, String region, String code) {
        return tx.handle().createQuery(FIND + " for update")
                .bind("region", region).bind("code", code)
                .mapTo(Image.class).findOne();
    }

    private static final String INSERT = """
            insert into image (region, code, display_name, os, architecture, url, checksum,
              min_disk_gb, state, created_at, updated_at)
            values (:region, :code, :displayName, :os, :architecture, :url, :checksum, :minDiskGb,
              lower(:state), :now, :now)
            on conflict (id) do nothing""";

    /// Whether the code was free.
    boolean insert(Tx tx, String region, Image.Description it, Instant now) {
        return bound(tx.handle().createUpdate(INSERT), region, it, now).execute() == 1;
    }

    private static final String UPDATE = """
            update image
            set display_name = :displayName, os = :os, architecture = :architecture, url = :url,
              checksum = :checksum, min_disk_gb = :minDiskGb, state = lower(:state),
              version = version + 1, updated_at = :now
            where region = :region
              and code = :code""";

    void update(Tx tx, String region, Image.Description it, Instant now) {
        bound(tx.handle().createUpdate(UPDATE), region, it, now).execute();
    }

    private static <S extends SqlStatement<S>> S bound(S statement, String region,
            Image.Description it, Instant now) {
        return statement.bind("region", region).bind("code", it.code())
                .bind("displayName", it.displayName())
                .bind("os", it.os())
                .bind("architecture", it.architecture())
                .bind("url", it.url()).bind("checksum", it.checksum())
                .bind("minDiskGb", it.minDiskGb())
                .bind("state", it.state().name()).bind("now", now);
    }

    void delete(Tx tx, String region, String code) {
        tx.handle().createUpdate("""
                delete from image
                where region = :region
                  and code = :code
                """).bind("region", region).bind("code", code).execute();
    }
}
