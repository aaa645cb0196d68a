package orrery.kit.kube;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One way to one cluster, as a kubeconfig's context says it. It holds secrets: never log it.
///
/// @param server `https://host:port/path`
/// @param serverName the name in the server's certificate where it is not the URL's host
/// @param ca certificate authority in PEM; `null` for the system's
/// @param namespace the context's namespace; `null` when it names none
public record Kubeconfig(
        URI server,
        @Nullable String serverName,
        @Nullable String ca,
        Credential credential,
        @Nullable String namespace) {

    /// How we prove who we are.
    public sealed interface Credential {}

    /// A bearer token.
    public record Token(String token) implements Credential {
        @Override
        public String toString() {
            return "Token[…]";
        }
    }

    /// A client certificate and its private key, both PEM.
    public record ClientCertificate(String certificate, String key) implements Credential {
        @Override
        public String toString() {
            return "ClientCertificate[…]";
        }
    }

    /// Reads a kubeconfig within limits, and refuses whatever would run a program, read a file of
    /// this machine or take another way to the server. Unknown keys are refused too.
    ///
    /// @param context which context; `null` for the current one
    /// @throws orrery.kit.Problem.Failure Invalid, naming every bad key with its line
    public static Kubeconfig read(String text, @Nullable String context) {
        return new KubeconfigReader(context).read(text);
    }

    /// A kubeconfig file with this one way, for `kubectl --kubeconfig`. JSON texts are YAML ones,
    /// so nothing in a name can break out.
    ///
    /// @param name of the cluster, the user and the context
    /// @throws IllegalArgumentException for a client certificate: those cannot be revoked, so none
    ///     is ever handed out
    public String write(String name) {
        if (!(credential instanceof Token token)) {
            throw new IllegalArgumentException("only tokens are handed out");
        }
        return file(name, "token: " + quoted(token.token()));
    }

    /// A kubeconfig file with this one way and no secret: whoever uses it runs a program that says
    /// how they are let in (client-go's credential plugins).
    ///
    /// @param name of the cluster, the user and the context
    /// @param command what is run, by name
    /// @param hint what is said where that is not installed
    public String write(String name, String command, List<String> arguments, String hint) {
        var exec = JsonNodeFactory.instance.objectNode()
                .put("apiVersion", "client.authentication.k8s.io/v1")
                .put("command", command)
                .put("installHint", hint)
                .put("interactiveMode", "Never")
                .put("provideClusterInfo", false);
        arguments.forEach(exec.putArray("args")::add);
        return file(name, "exec: " + exec);
    }

    /// @param user how the user is let in, a line of YAML
    private String file(String name, String user) {
        var authority = ca == null ? "" : Base64.getEncoder()
                .encodeToString(ca.getBytes(StandardCharsets.US_ASCII));
        var verified = serverName == null ? ""
                : "\n    tls-server-name: " + quoted(serverName);
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    server: %2$s
                    certificate-authority-data: %3$s%4$s
                users:
                - name: %1$s
                  user:
                    %5$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s
                    namespace: %6$s
                current-context: %1$s
                """.formatted(quoted(name), quoted(server.toString()), quoted(authority),
                        verified, user, quoted(namespace == null ? "default" : namespace));
    }

    /// The same way for somebody else.
    public Kubeconfig with(String token) {
        return new Kubeconfig(server, serverName, ca, new Token(token), namespace);
    }

    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }

    /// The name the server's certificate is checked against.
    String verifiedName() {
        return serverName != null ? serverName : server.getHost();
    }

    @Override
    public String toString() {
        return "Kubeconfig[" + server + "]";
    }
}
