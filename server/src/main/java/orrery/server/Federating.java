package orrery.server;

import java.net.URI;
import java.util.List;
import orrery.kit.config.Setting;
import org.jspecify.annotations.Nullable;

/// How people sign in at other providers.
record Federating(
        @Setting(name = "PROVIDER_HOSTS", is = "hosts of identity providers that may lie in private"
                + " networks or on loopback and speak plain HTTP, separated by commas; all others"
                + " must be public and https", option = "--provider-hosts")
        List<String> providerHosts,
        @Setting(name = "NAME_SERVER", is = "name server that proofs of domains are looked up at,"
                + " host or host:port; else the system's", option = "--name-server")
        @Nullable String nameServer,
        @Setting(name = "STUDIO_URL", is = "where the studio's pages are, to which people return"
                + " from other providers; else this server", option = "--studio-url")
        @Nullable URI studioUrl) {

    Federating {
        if (nameServer != null
                && !nameServer.matches("([-a-zA-Z0-9.]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?")) {
            throw new IllegalArgumentException("ORRERY_NAME_SERVER=" + nameServer
                    + ": a host, or a host and a port, such as 192.0.2.53:53");
        }
    }
}
