package orrery.server.studio.importer;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known of images that everybody uses: which keep state, and where they listen when a
/// file does not say.
final class KnownImages {
    private static final Set<String> STATEFUL = Set.of("cassandra", "clickhouse", "cockroachdb",
            "consul", "couchbase", "couchdb", "elasticsearch", "etcd", "influxdb", "kafka",
            "mariadb", "memcached", "minio", "mongo", "mongodb", "mssql", "mysql", "nats", "neo4j",
            "opensearch", "percona", "postgis", "postgres", "postgresql", "rabbitmq", "redis",
            "timescaledb", "valkey", "zookeeper");

    private static final Map<String, List<Integer>> PORTS = Map.ofEntries(
            Map.entry("adminer", List.of(8080)),
            Map.entry("azure-sql-edge", List.of(1433)),
            Map.entry("caddy", List.of(80, 443)),
            Map.entry("cassandra", List.of(9042)),
            Map.entry("clickhouse", List.of(8123, 9000)),
            Map.entry("cockroachdb", List.of(26257, 8080)),
            Map.entry("consul", List.of(8500)),
            Map.entry("couchbase", List.of(8091)),
            Map.entry("couchdb", List.of(5984)),
            Map.entry("elasticsearch", List.of(9200, 9300)),
            Map.entry("etcd", List.of(2379, 2380)),
            Map.entry("grafana", List.of(3000)),
            Map.entry("haproxy", List.of(80)),
            Map.entry("httpd", List.of(80)),
            Map.entry("influxdb", List.of(8086)),
            Map.entry("jenkins", List.of(8080, 50000)),
            Map.entry("kafka", List.of(9092)),
            Map.entry("keycloak", List.of(8080)),
            Map.entry("kibana", List.of(5601)),
            Map.entry("logstash", List.of(5044, 9600)),
            Map.entry("mailhog", List.of(1025, 8025)),
            Map.entry("mariadb", List.of(3306)),
            Map.entry("memcached", List.of(11211)),
            Map.entry("minio", List.of(9000, 9001)),
            Map.entry("mongo", List.of(27017)),
            Map.entry("mongodb", List.of(27017)),
            Map.entry("mosquitto", List.of(1883)),
            Map.entry("mssql", List.of(1433)),
            Map.entry("mysql", List.of(3306)),
            Map.entry("nats", List.of(4222)),
            Map.entry("neo4j", List.of(7474, 7687)),
            Map.entry("nextcloud", List.of(80)),
            Map.entry("nginx", List.of(80)),
            Map.entry("ollama", List.of(11434)),
            Map.entry("opensearch", List.of(9200)),
            Map.entry("percona", List.of(3306)),
            Map.entry("pgbouncer", List.of(5432)),
            Map.entry("phpmyadmin", List.of(80)),
            Map.entry("postgis", List.of(5432)),
            Map.entry("postgres", List.of(5432)),
            Map.entry("postgresql", List.of(5432)),
            Map.entry("prometheus", List.of(9090)),
            Map.entry("qdrant", List.of(6333, 6334)),
            Map.entry("rabbitmq", List.of(5672, 15672)),
            Map.entry("redis", List.of(6379)),
            Map.entry("redismod", List.of(6379)),
            Map.entry("registry", List.of(5000)),
            Map.entry("timescaledb", List.of(5432)),
            Map.entry("traefik", List.of(80)),
            Map.entry("valkey", List.of(6379)),
            Map.entry("vault", List.of(8200)),
            Map.entry("wordpress", List.of(80)),
            Map.entry("zookeeper", List.of(2181)));

    private KnownImages() {}

    /// Whether programs of this image keep their data on disk or their place in a group.
    static boolean isStateful(@Nullable String image) {
        String name = name(image);
        return Arrays.stream(name.split("[-_/]")).anyMatch(STATEFUL::contains)
                && !name.contains("exporter") && !name.contains("commander")
                && !name.contains("express") && !name.contains("admin");
    }

    /// Where it listens; empty for images that are not known.
    static List<Integer> ports(@Nullable String image) {
        String name = name(image);
        List<Integer> exact = PORTS.get(name);
        if (exact != null || name.contains("exporter")) {
            return exact == null ? List.of() : exact;
        }
        for (String part : name.split("[-_/]")) {
            if (STATEFUL.contains(part) && PORTS.containsKey(part)) {
                return PORTS.get(part);
            }
        }
        return List.of();
    }

    static boolean isPostgres(@Nullable String image) {
        return ports(image).equals(List.of(5432)) && !name(image).contains("pgbouncer");
    }

    /// `docker.io/library/postgres:17@sha256:…` → `postgres`; `mcr…/mssql/server` → `mssql`.
    private static String name(@Nullable String image) {
        if (image == null) {
            return "";
        }
        String bare = image.toLowerCase(Locale.ROOT).split("@", 2)[0];
        int slash = bare.lastIndexOf('/');
        String last = bare.substring(slash + 1).split(":", 2)[0];
        boolean generic = Set.of("server", "community", "app").contains(last) && slash > 0;
        return generic ? name(bare.substring(0, slash)) : last;
    }
}
