package orrery.sim.identity;

import java.util.Base64;
import orrery.sim.store.Cluster;

/// Kubeconfig files for clusters of this region.
public final class Kubeconfigs {
    private final String url;
    private final Keys keys;
    private final Tokens tokens;

    /// @param url the server's own address, without a path
    public Kubeconfigs(String url, Keys keys, Tokens tokens) {
        this.url = url;
        this.keys = keys;
        this.tokens = tokens;
    }

    /// `https://HOST:PORT/clusters/NAME`
    public String server(Cluster cluster) {
        return url + "/clusters/" + cluster.name();
    }

    /// The administrator's kubeconfig.
    public String admin(Cluster cluster) {
        return of(cluster, "admin", tokens.admin(cluster));
    }

    /// A kubeconfig with one cluster, one user and one context.
    public String of(Cluster cluster, String user, String token) {
        String authority = Base64.getEncoder().encodeToString(keys.authorityPem());
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    server: %2$s
                    certificate-authority-data: %3$s
                users:
                - name: %4$s
                  user:
                    token: %5$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %4$s
                current-context: %1$s
                """.formatted(cluster.name(), server(cluster), authority, user, token);
    }
}
