package orrery.server.auth.factor;

/// Base32 as authenticator applications read secrets (RFC 4648 6, without padding).
final class Base32 {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int BITS = 5;

    private Base32() {}

    static String encode(byte[] bytes) {
        var out = new StringBuilder();
        int buffer = 0;
        int bits = 0;
        for (byte one : bytes) {
            buffer = (buffer << 8 | one & 0xFF) & 0xFFFF;
            bits += 8;
            while (bits >= BITS) {
                bits -= BITS;
                out.append(ALPHABET.charAt(buffer >> bits & 31));
            }
        }
        return bits == 0 ? out.toString()
                : out.append(ALPHABET.charAt(buffer << BITS - bits & 31)).toString();
    }
}
