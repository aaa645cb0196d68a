package orrery.server.auth.token;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.util.concurrent.atomic.AtomicInteger;

/// Signatures of another provider, counted.
final class CountingProvider extends Provider {
    private static final long serialVersionUID = 1;

    /// How many signatures were compared with a text.
    final transient AtomicInteger verified = new AtomicInteger();
    private final transient Provider real;

    CountingProvider(Provider real) {
        super("Counting", "1", "counts what " + real.getName() + " does");
        this.real = real;
    }

    @Override
    public Service getService(String type, String algorithm) {
        if (!type.equals("Signature") || real.getService(type, algorithm) == null) {
            return null;
        }
        return new Service(this, type, algorithm, Counting.class.getName(), null, null) {
            @Override
            public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                return new Counting(Signature.getInstance(algorithm, real), verified);
            }
        };
    }

    private static final class Counting extends SignatureSpi {
        private final Signature signature;
        private final AtomicInteger verified;

        Counting(Signature signature, AtomicInteger verified) {
            this.signature = signature;
            this.verified = verified;
        }

        @Override
        protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
            signature.initVerify(key);
        }

        @Override
        protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
            signature.initSign(key);
        }

        @Override
        protected void engineUpdate(byte one) throws SignatureException {
            signature.update(one);
        }

        @Override
        protected void engineUpdate(byte[] bytes, int from, int length)
                throws SignatureException {
            signature.update(bytes, from, length);
        }

        @Override
        protected byte[] engineSign() throws SignatureException {
            return signature.sign();
        }

        @Override
        protected boolean engineVerify(byte[] shown) throws SignatureException {
            verified.incrementAndGet();
            return signature.verify(shown);
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException(name);
        }
    }
}
