package orrery.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;

/// An organization that has one of everything, for tests of who may see what. All of its texts
/// say [#MARK].
///
/// @param things identifiers by the name of the path's parameter that takes them
public record Tenant(String id, String project, String owner, Map<String, String> things) {
    public static final String MARK = "zqcanary";

    /// Tables that say where a row belongs by another name, or not at all.
    private static final Map<String, String> KEYS = Map.of("organization", "id",
            "diagram", "organization", "workspace", "organization", "run", "organization",
            "event", "organization", "service_account_credential", "service_account_id",
            "user_identity", "user_id", "totp", "user_id", "diagram_version", "diagram");

    /// Kinds whose columns hold one of a few words, or point at other rows.
    private static final Map<String, Map<String, Object>> WORDS = Map.ofEntries(
            Map.entry("cluster", Map.of("state", "running", "origin", "provisioned")),
            Map.entry("instance", Map.of("state", "running", "kind", "vm")),
            Map.entry("network", Map.of("state", "active", "role", "custom")),
            Map.entry("subnet", Map.of("role", "internal")),
            Map.entry("address", Map.of("ip_version", "IPV4", "address_type", "INTERNAL",
                    "state", "available")),
            Map.entry("machine", Map.of("state", "available", "health", "healthy")),
            Map.entry("storage_backend", Map.of("type", "block", "state", "active")),
            Map.entry("volume", Map.of("medium", "block", "state", "available")),
            Map.entry("stack", Map.of("state", "draft", "kind", "cluster")),
            Map.entry("deploy", Map.of("state", "running")),
            Map.entry("pool_allocation", Map.of("state", "released", "servers", "[]")),
            Map.entry("kubeconfig", Map.of("state", "active", "role", "viewer")),
            Map.entry("policy", Map.of("role", "project:viewer", "principal_kind", "user")),
            Map.entry("identity_provider", Map.of("kind", "oidc", "sign_up", "nobody")),
            Map.entry("inference_endpoint", Map.of("state", "ready", "engine", "vllm",
                    "serving", """
                    {"model": {"source": "hf://%s/b"}, "engine": "VLLM", "gpu": {"count": 1},
                    "replicas": {"min": 1, "max": 1}, "auth": {"mode": "public"},
                    "desired": "RUNNING", "envNames": [], "settings": 1}""".formatted(MARK))),
            Map.entry("training", Map.of("state", "failed", "priority", "normal",
                    "desired", "running", "framework", "custom", "work", """
                    {"image": "%s", "command": [], "args": [], "envNames": [], "nodes": 1,
                    "gpusPerNode": 1, "framework": "CUSTOM", "retries": 0}""".formatted(MARK))),
            Map.entry("invitation", Map.of("role", "member")),
            Map.entry("project", Map.of("visibility", "private")),
            Map.entry("workspace", Map.of("status", "Running")),
            Map.entry("run", Map.of("status", "completed", "open", false, "exclusive", false,
                    "saga", "cluster.create")),
            Map.entry("diagram", Map.of("status", "draft", "nodes", "[]", "edges", "[]",
                    "tags", "[]")),
            Map.entry("oauth_client", Map.of("authentication", "none")));

    /// Makes one, with a person who owns it.
    ///
    /// @param owner somebody who exists
    public static Tenant create(Database database, Access access, String name, String owner) {
        var maker = new Maker(database, access.system("test"), name, owner);
        var organization = maker.id("org");
        var things = new TreeMap<String, String>();
        maker.always.put("organization_id", organization);
        maker.always.put("organization", organization);
        things.put("organization", organization);
        maker.insert("organization", organization, Map.of("owner_id", owner));
        maker.insert("member", null, Map.of());
        maker.insert("policy", maker.id("pol"), Map.of("role", "organization:owner"));
        maker.always.put("project_id", maker.id("prj"));
        maker.always.put("project", maker.always.get("project_id"));
        things.put("project", maker.insert("project", text(maker.always.get("project_id")),
                Map.of()));
        maker.fill(things);
        return new Tenant(organization, things.get("project"), owner, Map.copyOf(things));
    }

    private static String text(Object value) {
        return String.valueOf(value);
    }

    /// What the database holds of it, as a fingerprint by table. The log of what happened is left
    /// out: it may grow by our own loops.
    public Map<String, String> fingerprint(Database database, Access access) {
        return database.read(access.system("test"), tx -> {
            var found = new TreeMap<String, String>();
            for (var table : tx.handle().createQuery("""
                    select distinct table_name from information_schema.columns
                    where table_schema = 'public'
                      and (column_name = 'organization_id' or table_name in (<tables>))""")
                    .bindList("tables", List.copyOf(KEYS.keySet())).mapTo(String.class).list()) {
                if (!table.equals("event")) {
                    found.put(table, tx.handle().createQuery("select coalesce(md5(string_agg("
                            + "row::text, '|' order by row::text)), '-') from " + table
                            + " as row where " + KEYS.getOrDefault(table, "organization_id")
                            + " = :id").bind("id", switch (table) {
                                case "service_account_credential" -> things.get("account");
                                case "diagram_version" -> things.get("diagram");
                                case "user_identity", "totp" -> owner;
                                default -> id;
                            }).mapTo(String.class).one());
                }
            }
            return found;
        });
    }

    /// Inserts rows without knowing more of a table than its catalogue says.
    private static final class Maker {
        private final Map<String, Object> always = new HashMap<>();
        private final Database database;
        private final Grant grant;
        private final String name;
        private int made;

        Maker(Database database, Grant grant, String name, String owner) {
            this.database = database;
            this.grant = grant;
            this.name = name;
            always.put("user_id", owner);
            always.put("owner", owner);
            always.put("principal_id", owner);
        }

        String id(String prefix) {
            return prefix + "_" + (name + ++made + "Z".repeat(26)).substring(0, 26);
        }

        void fill(Map<String, String> things) {
            things.put("cluster", insert("cluster", id("cls"), Map.of("region", "nowhere")));
            always.put("cluster_id", things.get("cluster"));
            always.put("cluster", things.get("cluster"));
            things.put("nodepool", id("np"));
            insert("region", null, Map.of("code", "zq1", "state", "disabled"));
            things.put("network", insert("network", id("net"), Map.of("region", "zq1")));
            always.put("network_id", things.get("network"));
            things.put("subnet", insert("subnet", id("sub"), Map.of(
                    "region", "zq1", "ipv4_cidr", "10.9.0.0/24")));
            always.put("subnet_id", things.get("subnet"));
            things.put("address", insert("address", id("adr"), Map.of("region", "zq1")));
            things.put("instance", insert("instance", id("ins"), Map.of("region", "zq1")));
            things.put("backend", insert("storage_backend", id("stb"), Map.of("region", "zq1")));
            things.put("volume", insert("volume", id("vol"),
                    Map.of("region", "zq1", "backend_id", things.get("backend"))));
            things.put("server", insert("machine", id("srv"), Map.of("region", "zq1")));
            things.put("stack", insert("stack", id("stk"), Map.of()));
            always.put("stack_id", things.get("stack"));
            things.put("deploy", insert("deploy", id("dep"), Map.of("region", "zq1")));
            things.put("pool", insert("pool", id("pool"), Map.of()));
            always.put("pool_id", things.get("pool"));
            things.put("allocation", insert("pool_allocation", id("alloc"), Map.of()));
            things.put("kubeconfig", insert("kubeconfig", id("kcf"), Map.of()));
            things.put("endpoint",
                    insert("inference_endpoint", id("inf"), Map.of("region", "zq1")));
            things.put("training", insert("training", id("trn"), Map.of("region", "zq1")));
            things.put("run", insert("run", id("run"), Map.of()));
            things.put("group", insert("iam_group", id("grp"), Map.of()));
            always.put("group_id", things.get("group"));
            things.put("groupMember", insert("group_member", id("gm"), Map.of()));
            things.put("role", insert("iam_role", id("rol"), Map.of()));
            things.put("policy", insert("policy", id("pol"), Map.of()));
            things.put("key", insert("api_key", id("key"), Map.of()));
            things.put("account", insert("service_account", id("sa"), Map.of()));
            always.put("service_account_id", things.get("account"));
            things.put("credential",
                    insert("service_account_credential", id("crd"), Map.of()));
            things.put("client", insert("oauth_client", id("cli"), Map.of()));
            things.put("provider", insert("identity_provider", id("idp"), Map.of()));
            always.put("provider_id", things.get("provider"));
            things.put("identity", insert("user_identity", id("idn"), Map.of()));
            things.put("invitation", insert("invitation", id("inv"), Map.of()));
            things.put("diagram", insert("diagram", id("wf"), Map.of()));
            insert("diagram_version", id("dgv"), Map.of("diagram", things.get("diagram"),
                    "nodes", "[]", "edges", "[]"));
            things.put("workspace", insert("workspace", id("ws"), Map.of()));
            things.put("factor", id("totp"));
            things.put("token", insert("personal_token", id("ptk"), Map.of()));
        }

        String insert(String table, String id, Map<String, ?> with) {
            database.write(grant, tx -> {
                var values = new TreeMap<String, Object>();
                var casts = new HashMap<String, String>();
                tx.handle().createQuery("""
                        select column_name, data_type, is_nullable, column_default is not null
                                 or is_identity = 'YES' as given
                        from information_schema.columns
                        where table_schema = 'public' and table_name = :table""")
                        .bind("table", table).map((row, context) -> {
                            var column = row.getString(1);
                            casts.put(column, row.getString(2));
                            var known = known(table, column, id, with);
                            if (known != null) {
                                values.put(column, known);
                            } else if (row.getString(3).equals("NO") && !row.getBoolean(4)) {
                                values.put(column, filler(row.getString(2)));
                            }
                            return column;
                        }).list();
                var names = new ArrayList<>(values.keySet());
                var update = tx.handle().createUpdate("insert into " + table + " ("
                        + String.join(", ", names) + ") values (" + names.stream()
                                .map(it -> "cast(:" + it + " as " + cast(casts.get(it)) + ")")
                                .collect(Collectors.joining(", ")) + ") on conflict do nothing");
                values.forEach((column, value) -> update.bind(column, String.valueOf(value)));
                update.execute();
            });
            return id;
        }

        private Object known(String table, String column, String id, Map<String, ?> with) {
            return with.containsKey(column) ? with.get(column)
                    : column.equals("id") ? id
                    : WORDS.getOrDefault(table, Map.of()).containsKey(column)
                            ? WORDS.get(table).get(column)
                    : always.get(column);
        }

        private String cast(String type) {
            return type.equals("ARRAY") ? "text[]" : type;
        }

        private Object filler(String type) {
            return switch (type) {
                case "text" -> MARK + "-" + name;
                case "jsonb" -> "{}";
                case "bytea" -> MARK + name + ++made;
                case "ARRAY" -> "{" + MARK + "}";
                case "boolean" -> true;
                case "cidr" -> "10.9.0.0/24";
                case "inet" -> "10.9.0.9";
                case "timestamp with time zone" -> "2100-01-01T00:00:00Z";
                default -> "1";
            };
        }
    }
}
