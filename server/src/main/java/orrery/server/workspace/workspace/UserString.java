package orrery.server.workspace.workspace;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// Says whose workspace is meant and what it is made from: `user[~spec]`.
///
/// The spec is a blueprint's name or `key=value` parts joined by `+`: `alice`, `alice~dev`,
/// `dana~repo=acme%2Fshop+ref=main`, `bob~dev+workload=deployment%2Fapi+ns=team-a`,
/// `alice~pod=alice-59936c3+ns=ws`. The whole may be `b64-` and base64url without padding.
///
/// A workspace's name follows from it: the user and 7 hex digits of a hash, so that asking twice
/// for the same thing names the same workspace.
record UserString(
        String user,
        @Nullable String blueprint,
        @Nullable String repoOwner,
        @Nullable String repoName,
        @Nullable String repoRef,
        @Nullable String workload,
        @Nullable String namespace,
        @Nullable String pod) {
    private static final int LIMIT = 128;
    private static final Pattern USER = Pattern.compile("[a-z0-9_-]+");
    private static final Pattern BASE64 = Pattern.compile("(?:b64|base64)-([A-Za-z0-9_-]+)");
    private static final Set<String> KEYS = Set.of("repo", "ref", "workload", "ns", "pod", "user");

    UserString {
        var mistakes = new Mistakes()
                .unless(USER.matcher(user).matches(), "username", "must be letters, digits, - or _")
                .unless(blueprint == null || repoName == null, "blueprint",
                        "cannot be given together with a repository")
                .unless(repoRef == null || repoName != null, "repoRef", "needs a repository")
                .unless(pod == null || (repoName == null && workload == null), "pod",
                        "cannot be given together with a repository or a workload");
        if (workload != null) {
            mistakes.unless(workload.matches("[a-z]+/[a-z0-9.-]+"), "workload", "must be kind/name")
                    .unless(namespace != null, "namespace", "must be given with a workload");
        } else {
            mistakes.unless(namespace == null || pod != null, "namespace",
                    "makes sense only with a pod or a workload");
        }
        mistakes.orRefuse();
    }

    /// The user alone, with a blueprint or the default one.
    static UserString of(String user, @Nullable String blueprint) {
        return new UserString(
                user.toLowerCase(Locale.ROOT), blueprint, null, null, null, null, null, null);
    }

    /// Reads `user[~spec]`; refuses unknown, empty and repeated parts by name.
    static UserString parse(String text) {
        var decoded = decode(text);
        if (decoded.length() > LIMIT) {
            throw mistake("must be at most " + LIMIT + " characters");
        }
        int tilde = decoded.indexOf('~');
        if (tilde < 0) {
            return of(decoded, null);
        }
        var user = decoded.substring(0, tilde).toLowerCase(Locale.ROOT);
        var parts = List.of(decoded.substring(tilde + 1).split("\\+", -1));
        var blueprint = parts.getFirst().contains("=") ? null : parts.getFirst();
        var values = values(blueprint == null ? parts : parts.subList(1, parts.size()));
        if (blueprint != null && blueprint.isEmpty()) {
            throw mistake("has an empty part after ~");
        }
        var repo = values.get("repo");
        int slash = repo == null ? -1 : repo.indexOf('/');
        return new UserString(
                values.getOrDefault("user", user),
                blueprint,
                repo == null ? null : slash < 0 ? user : repo.substring(0, slash),
                repo == null ? null : repo.substring(slash + 1),
                values.get("ref"),
                values.get("workload"),
                values.get("ns"),
                values.get("pod"));
    }

    /// What the workspace is made from. A repository has a blueprint of its own.
    @Nullable String blueprintName() {
        return repoName == null ? blueprint : "repo-" + repoOwner + "-" + repoName;
    }

    /// The workspace's name, a DNS label: `alice-59936c3`. A pod that is named is the workspace.
    String workspaceName() {
        if (pod != null) {
            return pod;
        }
        var hash = HexFormat.of().formatHex(sha256(canonicalKey())).substring(0, 7);
        return user.replace('_', '-') + "-" + hash;
    }

    /// The parts that make two user strings mean the same workspace.
    String canonicalKey() {
        var key = new ArrayList<String>();
        key.add("u=" + user);
        if (repoName != null) {
            key.add("r=" + repoOwner + "/" + repoName);
        }
        if (repoRef != null) {
            key.add("ref=" + repoRef);
        }
        if (blueprintName() != null) {
            key.add("bp=" + blueprintName());
        }
        if (workload != null) {
            key.add("workload=" + workload);
        }
        return String.join("|", key);
    }

    /// The text form, as another client can read it back.
    String text() {
        var parts = new ArrayList<String>();
        if (blueprint != null) {
            parts.add(blueprint);
        }
        if (repoName != null) {
            parts.add("repo=" + encode(repoOwner + "/" + repoName));
        }
        if (repoRef != null) {
            parts.add("ref=" + encode(repoRef));
        }
        if (workload != null) {
            parts.add("workload=" + encode(workload));
        }
        if (pod != null) {
            parts.add("pod=" + encode(pod));
        }
        if (namespace != null) {
            parts.add("ns=" + encode(namespace));
        }
        return parts.isEmpty() ? user : user + "~" + String.join("+", parts);
    }

    private static Map<String, String> values(List<String> parts) {
        var values = new LinkedHashMap<String, String>();
        for (var part : parts) {
            int equals = part.indexOf('=');
            if (equals < 1 || equals == part.length() - 1 || part.indexOf('=', equals + 1) > 0) {
                throw mistake("has a part that is not key=value: " + part);
            }
            var key = part.substring(0, equals).toLowerCase(Locale.ROOT);
            if (!KEYS.contains(key)) {
                throw mistake("has an unknown key: " + key + " (known: "
                        + String.join(", ", KEYS.stream().sorted().toList()) + ")");
            }
            var value = unescape(part.substring(equals + 1)).toLowerCase(Locale.ROOT);
            if (values.put(key, value) != null) {
                throw mistake("names " + key + " twice");
            }
        }
        return values;
    }

    private static String decode(String text) {
        var matcher = BASE64.matcher(text);
        if (text.length() > 4 * LIMIT || !matcher.matches()) {
            return text;
        }
        try {
            var bytes = Base64.getUrlDecoder().decode(matcher.group(1));
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw mistake("is not base64url after its prefix");
        }
    }

    /// Percent escapes only: in a path, `+` is a plus sign and not a space.
    private static String unescape(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw mistake("has a broken percent escape: " + value);
        }
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static Problem.Failure mistake(String message) {
        return new Problem.Invalid(List.of(new Problem.Mistake("userString", message))).raise();
    }
}
