package orrery.server.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.impl.ECDSA;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import orrery.kit.http.Json;

/// Tokens that nobody must take, by what is wrong with each. They are put together by hand: a
/// library would refuse to make most of them.
///
/// @param ours the key that tokens are signed with; who has it can still not change what a token is
/// @param elsewhere where addresses in headers lead
record Forgeries(ECKey ours, String issuer, Instant now, URI elsewhere) {
    private static final ECKey THEIRS = ecKey();
    private static final RSAKey THEIR_RSA = rsaKey();

    /// How the token that all forgeries come from is signed.
    private interface Signer {
        byte[] sign(byte[] text) throws GeneralSecurityException;
    }

    /// By name. All but `expired` are to be answered alike.
    Map<String, String> all() {
        var all = new LinkedHashMap<String, String>();
        algorithms(all);
        keys(all);
        headers(all);
        claims(all);
        shapes(all);
        return all;
    }

    /// One that counts.
    String good() {
        return signed(header(Map.of()), body(Map.of()));
    }

    private void algorithms(Map<String, String> all) {
        for (var none : List.of("none", "None", "NONE", "nOnE", "")) {
            var head = header(Map.of("alg", none));
            all.put("alg '" + none + "', no signature", joined(head, body(Map.of()), new byte[0]));
            all.put("alg '" + none + "', our signature", signed(head, body(Map.of())));
        }
        var secrets = Map.of("JWK", ours.toPublicJWK().toJSONString().getBytes(
                StandardCharsets.UTF_8), "SPKI", spki(), "kid", ours.getKeyID().getBytes(
                StandardCharsets.UTF_8), "nothing", new byte[] {0});
        new TreeMap<>(secrets).forEach((name, secret) -> all.put(
                "HS256 under our public key as " + name,
                made(header(Map.of("alg", "HS256")), body(Map.of()), text -> {
                    var mac = Mac.getInstance("HmacSHA256");
                    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
                    return mac.doFinal(text);
                })));
        all.put("RS256 under their key", made(header(Map.of("alg", "RS256")), body(Map.of()),
                text -> sign("SHA256withRSA", rsa(), text)));
        for (var other : List.of("ES384", "ES512", "ES256K", "EdDSA", "PS256", "es256", "ES256 ",
                "HS256", "dir", "ECDH-ES")) {
            all.put("alg " + other + ", our signature",
                    signed(header(Map.of("alg", other)), body(Map.of())));
        }
        all.put("alg a number", signed(header(Map.of("alg", 256)), body(Map.of())));
        all.put("alg a list", signed(header(Map.of("alg", List.of("ES256"))), body(Map.of())));
        all.put("alg missing", signed(without("alg"), body(Map.of())));
    }

    private void keys(Map<String, String> all) {
        for (var kid : List.of("", "x", "../../../dev/null", "/dev/null", "x' or '1'='1",
                "x;select pg_sleep(10)", ours.getKeyID() + "\u0000", ours.getKeyID() + " ",
                elsewhere.toString(), "k".repeat(500))) {
            all.put("kid " + kid, signed(header(Map.of("kid", kid)), body(Map.of())));
        }
        all.put("kid a list", signed(header(Map.of("kid", List.of(ours.getKeyID()))),
                body(Map.of())));
        all.put("kid missing", signed(without("kid"), body(Map.of())));
        all.put("their signature under our kid", theirs(header(Map.of())));
        for (var name : List.of("jku", "x5u")) {
            all.put(name + ", their signature", theirs(header(Map.of(name, elsewhere.toString()))));
            all.put(name + ", our signature",
                    signed(header(Map.of(name, elsewhere.toString())), body(Map.of())));
        }
        all.put("jwk of theirs", theirs(header(Map.of("jwk",
                THEIRS.toPublicJWK().toJSONObject()))));
        all.put("jwk of ours", signed(header(Map.of("jwk", ours.toPublicJWK().toJSONObject())),
                body(Map.of())));
        all.put("x5c", theirs(header(Map.of("x5c", List.of("MIIB")))));
        all.put("x5t#S256", signed(header(Map.of("x5t#S256", "AAAA")), body(Map.of())));
    }

    private void headers(Map<String, String> all) {
        for (var type : List.of("JWT", "jwt", "at+JWT+x", "dpop+jwt", "logout+jwt", "id+jwt", "",
                "application/jwt")) {
            all.put("typ " + type, signed(header(Map.of("typ", type)), body(Map.of())));
        }
        all.put("typ missing", signed(without("typ"), body(Map.of())));
        all.put("crit", signed(header(Map.of("crit", List.of("exp"))), body(Map.of())));
        all.put("b64 false", signed(header(Map.of("b64", false, "crit", List.of("b64"))),
                body(Map.of())));
        all.put("zip", signed(header(Map.of("zip", "DEF")), body(Map.of())));
        all.put("cty", signed(header(Map.of("cty", "JWT")), body(Map.of())));
        all.put("unknown header", signed(header(Map.of("admin", true)), body(Map.of())));
        all.put("alg twice", signed("{\"alg\":\"none\",\"alg\":\"ES256\",\"typ\":\"at+jwt\","
                + "\"kid\":\"" + ours.getKeyID() + "\"}", body(Map.of())));
    }

    private void claims(Map<String, String> all) {
        long at = now.getEpochSecond();
        all.put("expired", signed(header(Map.of()), body(Map.of("iat", at - 1000, "nbf", at - 1000,
                "exp", at - 100))));
        var wrong = new LinkedHashMap<String, Object>();
        wrong.put("iss", List.of("https://elsewhere.example", issuer + "/", "", List.of(issuer)));
        wrong.put("aud", List.of("https://elsewhere.example", issuer + "/", "",
                issuer + AccessTokens.USERINFO, List.of(), List.of(issuer, "https://x.example")));
        wrong.put("nbf", List.of(at + 3600, "soon"));
        wrong.put("iat", List.of(at + 3600, "then"));
        wrong.put("exp", List.of("never"));
        wrong.put("scope", List.of("galaxy", 7));
        wrong.put("principal_type", List.of("god", ""));
        wrong.put("roles", List.of("owner"));
        wrong.forEach((name, values) -> ((List<?>) values).forEach(value -> all.put(
                name + " " + value, signed(header(Map.of()), body(Map.of(name, value))))));
        for (var name : List.of("iss", "aud", "sub", "exp", "nbf", "iat", "jti", "tenant_id",
                "scope", "roles", "principal_type")) {
            var claims = new TreeMap<>(claims());
            claims.remove(name);
            all.put(name + " missing", signed(header(Map.of()), Json.text(claims)));
        }
        all.put("no claims", signed(header(Map.of()), "{}"));
        all.put("claims that are a list", signed(header(Map.of()), "[]"));
        all.put("claims that are none", signed(header(Map.of()), "x"));
    }

    private void shapes(Map<String, String> all) {
        var good = good();
        var parts = good.split("\\.");
        var unsigned = parts[0] + "." + parts[1] + ".";
        all.put("no signature", unsigned);
        all.put("a signature of zeros", unsigned + base64(new byte[64]));
        all.put("a short signature", unsigned + parts[2].substring(0, 40));
        all.put("a long signature", good + "AAAA");
        all.put("a signature of DER", made(header(Map.of()), body(Map.of()),
                text -> sign("SHA256withECDSA", ec(ours), text)));
        all.put("another's claims", parts[0] + "." + base64(body(Map.of("sub", "usr_2"))) + "."
                + parts[2]);
        all.put("two parts", parts[0] + "." + parts[1]);
        all.put("four parts", good + ".AAAA");
        all.put("five parts", good + ".AAAA.AAAA");
        all.put("dots", "..");
        all.put("padding", good + "=");
        all.put("another spelling", good.substring(0, good.length() - 1)
                + (char) (good.charAt(good.length() - 1) + 1));
        all.put("a space within", unsigned + parts[2].substring(0, 40) + " "
                + parts[2].substring(40));
        all.put("oversized", good + "A".repeat(5_000));
        all.put("oversized claims", signed(header(Map.of()),
                body(Map.of("more", "x".repeat(4_000)))));
        all.put("deep claims", signed(header(Map.of()), "{\"x\":" + "[".repeat(1_000)
                + "]".repeat(1_000) + "}"));
    }

    private Map<String, Object> claims() {
        var at = now.getEpochSecond();
        return new TreeMap<>(Map.ofEntries(Map.entry("iss", issuer), Map.entry("aud", issuer),
                Map.entry("sub", "usr_1"), Map.entry("jti", "tok_1"), Map.entry("iat", at),
                Map.entry("nbf", at), Map.entry("exp", at + 900),
                Map.entry("tenant_id", "org_1"), Map.entry("scope", "platform"),
                Map.entry("roles", List.of()), Map.entry("principal_type", "user")));
    }

    private String body(Map<String, ?> more) {
        var all = claims();
        all.putAll(more);
        return Json.text(all);
    }

    private String header(Map<String, ?> more) {
        var all = new TreeMap<String, Object>(
                Map.of("alg", "ES256", "typ", "at+jwt", "kid", ours.getKeyID()));
        all.putAll(more);
        return Json.text(all);
    }

    private String without(String name) {
        var all = new TreeMap<String, Object>(
                Map.of("alg", "ES256", "typ", "at+jwt", "kid", ours.getKeyID()));
        all.remove(name);
        return Json.text(all);
    }

    private String signed(String header, String body) {
        return made(header, body, text -> es256(ours, text));
    }

    private String theirs(String header) {
        return made(header, body(Map.of()), text -> es256(THEIRS, text));
    }

    private static String made(String header, String body, Signer signer) {
        try {
            return joined(header, body, signer.sign((base64(header) + "." + base64(body))
                    .getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String joined(String header, String body, byte[] signature) {
        return base64(header) + "." + base64(body) + "." + base64(signature);
    }

    private static byte[] es256(ECKey key, byte[] text) {
        try {
            return ECDSA.transcodeSignatureToConcat(sign("SHA256withECDSA", ec(key), text), 64);
        } catch (GeneralSecurityException | JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sign(String algorithm, PrivateKey key, byte[] text)
            throws GeneralSecurityException {
        var signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(text);
        return signature.sign();
    }

    private byte[] spki() {
        try {
            return ours.toECPublicKey().getEncoded();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PrivateKey ec(ECKey key) {
        try {
            return key.toECPrivateKey();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PrivateKey rsa() {
        try {
            return THEIR_RSA.toPrivateKey();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static ECKey ecKey() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("theirs").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RSAKey rsaKey() {
        try {
            return new RSAKeyGenerator(2048).keyID("theirs").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
