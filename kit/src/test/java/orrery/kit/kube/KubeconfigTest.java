package orrery.kit.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeconfigTest {
    private static final String PEM = Base64.getEncoder().encodeToString(
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
                    .getBytes(StandardCharsets.US_ASCII));

    private static String file(String cluster, String user) {
        return """
                apiVersion: v1
                kind: Config
                preferences: {}
                clusters:
                - name: one
                  cluster:
                    server: https://one.example:6443
                    certificate-authority-data: %s
                    %s
                users:
                - name: me
                  user:
                    %s
                contexts:
                - name: c
                  context: {cluster: one, user: me, namespace: apps}
                current-context: c
                """.formatted(PEM, cluster, user);
    }

    @Test
    void readsTheCurrentContext() {
        var config = Kubeconfig.read(file("tls-server-name: api.one", "token: abc"), null);
        assertThat(config.server()).isEqualTo(URI.create("https://one.example:6443"));
        assertThat(config.verifiedName()).isEqualTo("api.one");
        assertThat(config.namespace()).isEqualTo("apps");
        assertThat(config.credential()).isEqualTo(new Kubeconfig.Token("abc"));
        assertThat(config.ca()).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(config.toString() + config.credential()).doesNotContain("abc");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''|exec: {command: sh}|users.exec",
        "''|auth-provider: {name: gcp}|users.auth-provider",
        "''|tokenFile: /etc/shadow|users.tokenFile",
        "''|client-key: /etc/shadow|users.client-key",
        "''|username: root|users.username",
        "''|as: admin|users.as",
        "proxy-url: http://10.0.0.1|token: a|clusters.proxy-url",
        "certificate-authority: /ca|token: a|clusters.certificate-authority",
        "insecure-skip-tls-verify: true|token: a|clusters.insecure-skip-tls-verify",
        "surprise: 1|token: a|clusters.surprise"
    })
    void refusesWhatRunsReadsOrHidesAndNamesTheKey(String cluster, String user, String key) {
        assertThatThrownBy(() -> Kubeconfig.read(file(cluster, user), null))
                .hasMessageContaining("field=" + key + ",").hasMessageContaining("line ");
    }

    @Test
    void tellsAllMistakesAtOnce() {
        var text = file("proxy-url: http://x", "exec: {}").replace("https://one", "http://one");
        assertThatThrownBy(() -> Kubeconfig.read(text, null))
                .hasMessageContaining("proxy-url").hasMessageContaining("exec")
                .hasMessageContaining("clusters.server");
    }

    @Test
    void checksEntriesOfOtherContextsToo() {
        var text = file("", "token: a").replace("users:\n",
                "users:\n- name: other\n  user: {exec: {command: sh}}\n");
        assertThatThrownBy(() -> Kubeconfig.read(text, null)).hasMessageContaining("users.exec");
    }

    @Test
    void refusesBrokenAndEmptyFiles() {
        assertThatThrownBy(() -> Kubeconfig.read("", null)).hasMessageContaining("mapping");
        assertThatThrownBy(() -> Kubeconfig.read("a: [", null)).hasMessageContaining("line ");
        assertThatThrownBy(() -> Kubeconfig.read("clusters: []", null))
                .hasMessageContaining("current-context");
        assertThatThrownBy(() -> Kubeconfig.read(file("", "token: a"), "d"))
                .hasMessageContaining("no entry named d");
    }

    @Test
    void writesOneThatRunsAProgramAndNamesNoSecret() {
        var config = new Kubeconfig(URI.create("https://a.example"), null, "pem",
                new Kubeconfig.Token("hush"), null);
        var file = config.write("x", "cloud", List.of("token", "--for", "a\"b: {c"), "get it");
        assertThat(file).doesNotContain("hush").contains(
                "\"command\":\"cloud\"", "\"args\":[\"token\",\"--for\",\"a\\\"b: {c\"]");
        assertThatThrownBy(() -> Kubeconfig.read(file, null)).as("never run by ourselves")
                .hasMessageContaining("users.exec");
    }

    @Test
    void writesWhatItReads() {
        var config = new Kubeconfig(URI.create("https://a.example/clusters/x"), null,
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
                new Kubeconfig.Token("tok"), "team: \"a\"\n- b");
        assertThat(Kubeconfig.read(config.write("x"), null)).isEqualTo(config);
    }
}
