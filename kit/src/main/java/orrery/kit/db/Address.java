package orrery.kit.db;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;

/// Where a PostgreSQL is and who we are there.
///
/// @param url      a JDBC URL, `jdbc:postgresql://host:port/name`, without user and password
/// @param password never printed
public record Address(String url, String user, String password) {
    private static final String SCHEME = "jdbc:postgresql:";

    public Address {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        if (!url.startsWith(SCHEME)) {
            throw new IllegalArgumentException(
                    "a database URL begins with jdbc:postgresql:// or postgresql://");
        }
    }

    /// Reads `postgresql://user:password@host:port/name?options` as well as the JDBC form.
    /// User and password in the URL win over the given ones.
    public static Address parse(String url, String user, String password) {
        var plain = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        if (plain.startsWith("postgres://")) {
            plain = "postgresql://" + plain.substring("postgres://".length());
        }
        try {
            var uri = new URI(plain);
            if (uri.getRawUserInfo() != null) {
                var info = uri.getUserInfo().split(":", 2);
                plain = plain.replaceFirst("//[^@/]*@", "//");
                return new Address("jdbc:" + plain, info[0], info.length > 1 ? info[1] : password);
            }
        } catch (URISyntaxException e) {
            // The message would show the password.
            throw new IllegalArgumentException("the database URL is malformed");
        }
        return new Address("jdbc:" + plain, user, password);
    }

    /// The same server, another database.
    public Address database(String name) {
        return new Address(url.replaceFirst("/[^/?]*(\\?.*)?$", "/" + name + "$1"), user, password);
    }

    @Override
    public String toString() {
        return user + " at " + url;
    }
}
