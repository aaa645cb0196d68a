package orrery.sim.identity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The keys of a region: certificate authority, server, service-account signing and the secret
/// behind the administrators' tokens. Made at the first start, read at every other.
public final class Keys {
    private static final Duration VALIDITY = Duration.ofDays(3650);
    private static final int SECRET_BYTES = 32;

    private final Path folder;
    private final SecureRandom random;
    private final Clock clock;
    private final KeyPair authority;
    private final KeyPair server;
    private final KeyPair accounts;
    private final byte[] adminSecret;
    private final X509Certificate authorityCertificate;
    private final X509Certificate serverCertificate;

    /// @param host the address that the server's certificate names beside loopback
    public Keys(Path folder, String host, Clock clock, SecureRandom random) {
        this.folder = folder;
        this.clock = clock;
        this.random = random;
        try {
            Files.createDirectories(folder);
            authority = pair("ca");
            server = pair("server");
            accounts = pair("service-accounts");
            adminSecret = secret("admin-secret");
            Path ca = folder.resolve("ca.crt");
            if (!Files.exists(ca)) {
                PrivateFiles.write(ca, pem(authorityCertificate()));
            }
            authorityCertificate = certificate(ca);
            serverCertificate = serverCertificate(host);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("cannot make or read the keys in " + folder, e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the keys in " + folder, e);
        }
    }

    /// The certificate authority in PEM, for kubeconfigs.
    public byte[] authorityPem() {
        return pem(authorityCertificate);
    }

    /// Server key and chain as PKCS #12, opened by [#storePassword()].
    public byte[] serverStore() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", server.getPrivate(), storePassword().toCharArray(),
                    new Certificate[] {serverCertificate, authorityCertificate});
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            store.store(out, storePassword().toCharArray());
            return out.toByteArray();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot build the server's key store", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The store lives in memory alone; its format wants a password.
    public String storePassword() {
        return "in-memory";
    }

    KeyPair accounts() {
        return accounts;
    }

    byte[] adminSecret() {
        return adminSecret.clone();
    }

    private KeyPair pair(String name) throws GeneralSecurityException, IOException {
        Path secret = folder.resolve(name + ".key");
        Path open = folder.resolve(name + ".pub");
        if (!Files.exists(secret) || !Files.exists(open)) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair made = generator.generateKeyPair();
            PrivateFiles.write(open, made.getPublic().getEncoded());
            PrivateFiles.write(secret, made.getPrivate().getEncoded());
            return made;
        }
        KeyFactory factory = KeyFactory.getInstance("EC");
        PublicKey publicKey =
                factory.generatePublic(new X509EncodedKeySpec(Files.readAllBytes(open)));
        PrivateKey privateKey =
                factory.generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(secret)));
        return new KeyPair(publicKey, privateKey);
    }

    private byte[] secret(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            byte[] made = new byte[SECRET_BYTES];
            random.nextBytes(made);
            PrivateFiles.write(file, made);
        }
        return Files.readAllBytes(file);
    }

    private X509Certificate authorityCertificate()
            throws GeneralSecurityException, OperatorCreationException, IOException {
        X500Name name = new X500Name("CN=Orrery simulated region");
        X509v3CertificateBuilder builder = builder(name, name, authority.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(Extension.keyUsage, true,
                new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature));
        return sign(builder);
    }

    private X509Certificate serverCertificate(String host)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        X500Name issuer = new X500Name(
                authorityCertificate.getSubjectX500Principal().getName());
        X509v3CertificateBuilder builder =
                builder(issuer, new X500Name("CN=kube-apiserver"), server.getPublic());
        GeneralName[] names = {
            new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
            new GeneralName(GeneralName.iPAddress, "::1"),
            new GeneralName(GeneralName.iPAddress, InetAddress.getByName(host).getHostAddress()),
            new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.dNSName, "kubernetes"),
            new GeneralName(GeneralName.dNSName, "kubernetes.default"),
            new GeneralName(GeneralName.dNSName, "kubernetes.default.svc"),
        };
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        return sign(builder);
    }

    private X509v3CertificateBuilder builder(X500Name issuer, X500Name subject, PublicKey key) {
        Date from = Date.from(clock.instant().minus(Duration.ofHours(1)));
        Date to = Date.from(clock.instant().plus(VALIDITY));
        return new JcaX509v3CertificateBuilder(
                issuer, new BigInteger(127, random), from, to, subject, key);
    }

    private X509Certificate sign(X509v3CertificateBuilder builder)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                .build(authority.getPrivate())).getEncoded();
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new java.io.ByteArrayInputStream(der));
    }

    private static X509Certificate certificate(Path file)
            throws GeneralSecurityException, IOException {
        try (var in = Files.newInputStream(file)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static byte[] pem(X509Certificate certificate) {
        try {
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(certificate.getEncoded());
            return ("-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
