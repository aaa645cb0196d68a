package orrery.kit.kube;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import orrery.kit.Mistakes;
import orrery.kit.yaml.Yaml;
import orrery.kit.yaml.YamlLimits;
import orrery.kit.yaml.YamlNode;
import orrery.kit.yaml.YamlNode.Mapping;
import orrery.kit.yaml.YamlNode.Scalar;
import orrery.kit.yaml.YamlNode.Sequence;
import orrery.kit.yaml.YamlRefusal;
import org.jspecify.annotations.Nullable;

/// Reads a stranger's kubeconfig (client.authentication.k8s.io and clientcmd v1 `Config`).
final class KubeconfigReader {
    private static final String FILES = "files of this server are not read; put the content into ";
    private static final Set<String> TOP = Set.of("apiVersion", "kind", "clusters", "users",
            "contexts", "current-context", "preferences", "extensions");
    private static final Set<String> CLUSTER = Set.of("server", "certificate-authority-data",
            "tls-server-name", "extensions", "disable-compression");
    private static final Set<String> USER =
            Set.of("token", "client-certificate-data", "client-key-data", "extensions");
    private static final Set<String> CONTEXT =
            Set.of("cluster", "user", "namespace", "extensions");

    /// Keys that kubectl knows and we refuse, and what to do instead.
    private static final Map<String, String> REFUSED = refused();

    private final @Nullable String wanted;
    private final Mistakes mistakes = new Mistakes();

    KubeconfigReader(@Nullable String wanted) {
        this.wanted = wanted;
    }

    private static Map<String, String> refused() {
        var keys = new HashMap<String, String>();
        keys.put("exec", "programs are not run here; use a token or a client certificate");
        keys.put("auth-provider", "plugins are not run here; use a token or a client certificate");
        keys.put("proxy-url", "connections through a proxy that a kubeconfig names are refused");
        keys.put("certificate-authority", FILES + "certificate-authority-data");
        keys.put("client-certificate", FILES + "client-certificate-data");
        keys.put("client-key", FILES + "client-key-data");
        keys.put("tokenFile", FILES + "token");
        keys.put("insecure-skip-tls-verify",
                "the server's certificate is always verified; give certificate-authority-data");
        keys.put("username", "passwords are no longer supported by Kubernetes; use a token");
        keys.put("password", "passwords are no longer supported by Kubernetes; use a token");
        keys.put("as", "impersonation is not supported");
        keys.put("as-uid", "impersonation is not supported");
        keys.put("as-groups", "impersonation is not supported");
        keys.put("as-user-extra", "impersonation is not supported");
        return Map.copyOf(keys);
    }

    Kubeconfig read(String text) {
        if (!(tree(text) instanceof Mapping root)) {
            throw refuse("kubeconfig", "must be a YAML mapping with clusters, users and contexts");
        }
        keys(root, "", TOP);
        var name = wanted != null ? wanted : text(root, "", "current-context");
        if (name == null) {
            throw refuse("current-context", "names no context; set it or say which one to use");
        }
        var context = named(root, "contexts", "context", name, CONTEXT);
        var cluster = named(root, "clusters", "cluster", text(context, name, "cluster"), CLUSTER);
        var user = named(root, "users", "user", text(context, name, "user"), USER);
        var credential = credential(user);
        var server = server(text(cluster, "clusters", "server"));
        var ca = pem(cluster, "clusters", "certificate-authority-data");
        mistakes.orRefuse();
        if (server == null || credential == null) {
            throw new IllegalStateException("a missing part was not noted as a mistake");
        }
        return new Kubeconfig(server, text(cluster, "clusters", "tls-server-name"), ca, credential,
                text(context, name, "namespace"));
    }

    private YamlNode tree(String text) {
        try {
            return Yaml.read(text, YamlLimits.HAND_WRITTEN);
        } catch (YamlRefusal refusal) {
            throw refuse("kubeconfig", "line " + refusal.line() + ": " + refusal.getMessage());
        }
    }

    /// The entry `name` of one of the three lists, checked; all entries' keys are checked, since a
    /// file that asks for a program somewhere is not one to take half of.
    private @Nullable Mapping named(
            Mapping root, String list, String part, @Nullable String name, Set<String> known) {
        if (!(root.get(list) instanceof Sequence items)) {
            mistakes.add(list, "must be a list");
            return null;
        }
        Mapping found = null;
        for (var item : items.items()) {
            if (!(item instanceof Mapping entry)) {
                mistakes.add(list, "line " + item.line() + ": must be a mapping");
                continue;
            }
            keys(entry, list, Set.of("name", part));
            if (entry.get(part) instanceof Mapping body) {
                keys(body, list, known);
                if (name != null && name.equals(text(entry, list, "name"))) {
                    found = body;
                }
            }
        }
        if (found == null) {
            mistakes.add(list, name == null ? "the context names no " + part
                    : "has no entry named " + name);
        }
        return found;
    }

    private void keys(Mapping mapping, String path, Set<String> known) {
        for (var entry : mapping.entries().values()) {
            var field = path.isEmpty() ? entry.key() : path + "." + entry.key();
            if (REFUSED.containsKey(entry.key())) {
                mistakes.add(field, "line " + entry.line() + ": " + REFUSED.get(entry.key()));
            } else if (!known.contains(entry.key())) {
                mistakes.add(field, "line " + entry.line() + ": unknown key");
            }
        }
    }

    private @Nullable String text(@Nullable Mapping mapping, String path, String key) {
        if (mapping == null) {
            return null;
        }
        YamlNode node = mapping.get(key);
        if (node == null || node.isNull()) {
            return null;
        }
        if (node instanceof Scalar scalar) {
            return scalar.text().isEmpty() ? null : scalar.text();
        }
        mistakes.add(path + "." + key, "line " + node.line() + ": must be a text");
        return null;
    }

    private @Nullable URI server(@Nullable String text) {
        if (text == null) {
            mistakes.add("clusters.server", "is missing");
            return null;
        }
        try {
            var uri = new URI(text);
            if ("https".equals(uri.getScheme()) && uri.getHost() != null
                    && uri.getRawQuery() == null && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (URISyntaxException notOne) {
            // Told below, in the same words.
        }
        mistakes.add("clusters.server", "must be https://host:port, is " + text);
        return null;
    }

    private Kubeconfig.@Nullable Credential credential(@Nullable Mapping user) {
        var token = text(user, "users", "token");
        var certificate = pem(user, "users", "client-certificate-data");
        var key = pem(user, "users", "client-key-data");
        if (token != null && !token.chars().allMatch(c -> c > ' ' && c < 127)) {
            mistakes.add("users.token", "must be one line of visible ASCII");
            return null;
        }
        if (token != null) {
            return new Kubeconfig.Token(token);
        }
        if (certificate != null && key != null) {
            return new Kubeconfig.ClientCertificate(certificate, key);
        }
        if (user != null) {
            mistakes.add("users", "needs token, or client-certificate-data and client-key-data");
        }
        return null;
    }

    private @Nullable String pem(@Nullable Mapping mapping, String path, String key) {
        var encoded = text(mapping, path, key);
        if (encoded == null) {
            return null;
        }
        try {
            var bytes = Base64.getMimeDecoder().decode(encoded);
            var decoded = new String(bytes, StandardCharsets.US_ASCII);
            if (decoded.contains("-----BEGIN ")) {
                return decoded;
            }
        } catch (IllegalArgumentException notBase64) {
            // Told below, in the same words.
        }
        mistakes.add(path + "." + key, "must be PEM in base64");
        return null;
    }

    private RuntimeException refuse(String field, String message) {
        mistakes.add(field, message).orRefuse();
        throw new IllegalStateException("unreachable: a mistake was noted");
    }
}
