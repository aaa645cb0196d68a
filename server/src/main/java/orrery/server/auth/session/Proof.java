package orrery.server.auth.session;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// How a person proved who they are when they signed in.
public record Proof(Set<Method> methods) {
    /// One thing that was shown.
    public enum Method {
        PASSWORD("pwd"),
        /// A code that an application on the person's phone shows, or a recovery code.
        CODE("otp"),
        /// A passkey, unlocked by who holds it: two factors in one.
        PASSKEY("hwk"),
        /// An identity provider's word.
        FEDERATED("fed"),
        /// Its word that it asked for a second factor, where it is trusted for that.
        VOUCHED("mfa");

        private final String amr;

        Method(String amr) {
            this.amr = amr;
        }
    }

    /// What a sign-in is worth (`acr`), the least first. Each contains those before it.
    public enum Level {
        SINGLE("urn:orrery:acr:password"),
        MULTIPLE("urn:orrery:acr:mfa"),
        /// Resists phishing (OpenID Connect Extended Authentication Profile ACR Values 1.0).
        PHISHING_RESISTANT("phr");

        private final String acr;

        Level(String acr) {
            this.acr = acr;
        }

        public String acr() {
            return acr;
        }
    }

    public static final Proof BY_PASSWORD = of(Method.PASSWORD);
    public static final Proof BY_PROVIDER = of(Method.FEDERATED);

    private static final String MULTIPLE = "mfa";

    public Proof {
        if (methods.isEmpty()) {
            throw new IllegalArgumentException("nothing was shown");
        }
        methods = Set.copyOf(methods);
    }

    public static Proof of(Method method) {
        return new Proof(Set.of(method));
    }

    /// The same, and one thing more.
    public Proof and(Method method) {
        var both = EnumSet.copyOf(methods);
        both.add(method);
        return new Proof(both);
    }

    public Level level() {
        return methods.contains(Method.PASSKEY) ? Level.PHISHING_RESISTANT
                : methods.contains(Method.VOUCHED)
                                || methods.size() > 1 && methods.contains(Method.CODE)
                        ? Level.MULTIPLE : Level.SINGLE;
    }

    /// The names of RFC 8176, in a fixed order.
    public List<String> amr() {
        var names = methods.stream().sorted().map(method -> method.amr);
        return (level() == Level.SINGLE ? names : Stream.concat(names, Stream.of(MULTIPLE)))
                .distinct().toList();
    }

    /// What [#amr] wrote.
    static Proof read(Collection<String> amr) {
        var methods = EnumSet.noneOf(Method.class);
        Arrays.stream(Method.values()).filter(it -> amr.contains(it.amr)).forEach(methods::add);
        if (methods.contains(Method.CODE) || methods.contains(Method.PASSKEY)) {
            // Then it was our own factor that made them two.
            methods.remove(Method.VOUCHED);
        }
        return new Proof(methods);
    }
}
