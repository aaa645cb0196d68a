package orrery.kit.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

/// Where a request goes: the URL as it was given, and the one address that was judged for it.
///
/// A name may mean another address a moment later (DNS rebinding), so whoever connects uses
/// [#pinned], never the name again.
///
/// @param uri as given, with a host
/// @param address the address to connect to
public record Destination(URI uri, InetAddress address) {

    /// The same URL with the address in the place of the host.
    public URI pinned() {
        var port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        var path = uri.getRawPath() == null ? "" : uri.getRawPath();
        var query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return URI.create(uri.getScheme() + "://" + literal() + port + path + query);
    }

    /// What a `Host` header says: the host as given, with the port if the URL has one.
    public String authority() {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    /// TLS parameters that ask for, and so verify, the name although the address is dialled
    /// (RFC 6066 3; the JDK checks the certificate against the requested server name first).
    public SSLParameters tls(String serverName) {
        var parameters = new SSLParameters();
        if (!isLiteral(serverName)) {
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
        }
        return parameters;
    }

    private String literal() {
        var text = address.getHostAddress();
        if (!(address instanceof Inet6Address)) {
            return text;
        }
        int zone = text.indexOf('%');
        return "[" + (zone < 0 ? text : text.substring(0, zone)) + "]";
    }

    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.matches("[0-9.]+") || host.startsWith("[");
    }
}
