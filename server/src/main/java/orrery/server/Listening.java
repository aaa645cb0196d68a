package orrery.server;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import orrery.kit.config.Setting;
import org.jspecify.annotations.Nullable;

/// Where the server listens and how it is reached. A start that would show passwords to the
/// network is refused: a host other than loopback needs TLS files or named trusted proxies.
record Listening(
        @Setting(name = "HOST", or = "127.0.0.1", is = "address to listen on", option = "--host")
        String host,
        @Setting(name = "PORT", or = "8080", is = "port to listen on; 0 takes a free one",
                option = "--port")
        int port,
        @Setting(name = "PUBLIC_URL", is = "where users reach this server; the Host of a request"
                + " must be it or loopback", option = "--public-url")
        @Nullable URI publicUrl,
        @Setting(name = "TLS_CERTIFICATE_FILE", is = "certificate chain, PEM")
        @Nullable Path tlsCertificateFile,
        @Setting(name = "TLS_KEY_FILE", is = "private key of the certificate, PEM")
        @Nullable Path tlsKeyFile,
        @Setting(name = "TRUSTED_PROXIES", is = "addresses of proxies that end TLS and whose"
                + " X-Forwarded-For counts, separated by commas")
        List<String> trustedProxies,
        @Setting(name = "REGION", or = "local", is = "code of the place where requests are"
                + " processed, in their ids")
        String region,
        @Setting(name = "DEMO", or = "false", is = "the server was started to show itself;"
                + " loopback only", option = "--demo")
        boolean demo) {

    Listening {
        var wrong = new ArrayList<String>();
        if (port < 0 || port > 65_535) {
            wrong.add("ORRERY_PORT=" + port + ": a port is a number from 0 to 65535");
        }
        if ((tlsCertificateFile == null) != (tlsKeyFile == null)) {
            wrong.add("ORRERY_TLS_CERTIFICATE_FILE and ORRERY_TLS_KEY_FILE go together: give both"
                    + " or neither");
        }
        if (!region.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            wrong.add("ORRERY_REGION=" + region + ": small letters, digits and hyphens");
        }
        if (!isLoopback(host)) {
            if (demo) {
                wrong.add("ORRERY_DEMO makes an account of its own and runs on loopback only, not"
                        + " on " + host);
            }
            if (tlsCertificateFile == null && trustedProxies.isEmpty()) {
                wrong.add("ORRERY_HOST=" + host + " would send passwords over the network in the"
                        + " clear: give ORRERY_TLS_CERTIFICATE_FILE and ORRERY_TLS_KEY_FILE, or,"
                        + " behind a proxy that ends TLS, ORRERY_TRUSTED_PROXIES with its address");
            }
            if (publicUrl == null) {
                wrong.add("ORRERY_HOST=" + host + " needs ORRERY_PUBLIC_URL, the address that"
                        + " users type");
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", wrong));
        }
    }

    boolean usesTls() {
        return tlsCertificateFile != null;
    }

    /// Where the server is reached, with the port that it really listens on.
    URI address(int realPort) {
        if (publicUrl != null) {
            return publicUrl;
        }
        var name = host.contains(":") ? "[" + host + "]" : host;
        return URI.create((usesTls() ? "https://" : "http://") + name + ":" + realPort);
    }

    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
