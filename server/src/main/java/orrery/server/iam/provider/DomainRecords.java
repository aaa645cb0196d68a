package orrery.server.iam.provider;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.InitialDirContext;
import orrery.kit.Problem;

/// Reads TXT records (RFC 1035 3.3.14), by which whoever runs a domain says something about it.
@Singleton
final class DomainRecords {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int TRIES = 2;
    private static final int MOST = 100;

    private final String server;

    DomainRecords(Reaching reaching) {
        this.server = reaching.nameServer() == null ? "dns:" : "dns://" + reaching.nameServer();
    }

    /// The texts of a name; none when there is no such name.
    ///
    /// @throws Problem.Failure [Problem.Unavailable] when no name server answers
    List<String> of(String name) {
        var environment = new Hashtable<String, String>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, server);
        environment.put("com.sun.jndi.dns.timeout.initial", Integer.toString(TIMEOUT_MILLIS));
        environment.put("com.sun.jndi.dns.timeout.retries", Integer.toString(TRIES));
        try {
            var context = new InitialDirContext(environment);
            try {
                var found = context.getAttributes(name, new String[] {"TXT"}).get("TXT");
                var texts = new ArrayList<String>();
                for (int i = 0; found != null && i < Math.min(found.size(), MOST); i++) {
                    texts.add(String.valueOf(found.get(i)).replace("\"", ""));
                }
                return texts;
            } finally {
                context.close();
            }
        } catch (NameNotFoundException e) {
            return List.of();
        } catch (NamingException e) {
            throw new Problem.Unavailable("name service for " + name,
                    Duration.ofMillis(TIMEOUT_MILLIS)).raise();
        }
    }
}
