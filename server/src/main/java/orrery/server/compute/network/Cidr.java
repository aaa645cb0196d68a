package orrery.server.compute.network;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/// A range of addresses with a common prefix, IPv4 or IPv6 (RFC 4632, 4291).
///
/// @param base its first address
/// @param length bits of the prefix
public record Cidr(InetAddress base, int length) {
    private static final List<String> PRIVATE =
            List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7");

    /// @return empty when `text` is no range, or names an address inside of one
    public static Optional<Cidr> parse(String text) {
        int slash = text.lastIndexOf('/');
        if (slash < 1 || !text.substring(slash + 1).matches("\\d{1,3}")
                || text.indexOf('%') >= 0) {
            return Optional.empty();
        }
        try {
            var base = InetAddress.ofLiteral(text.substring(0, slash));
            int length = Integer.parseInt(text.substring(slash + 1));
            var cidr = new Cidr(base, length);
            return length <= cidr.bits() && cidr.isAligned()
                    ? Optional.of(cidr) : Optional.empty();
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    public boolean isIpv4() {
        return base instanceof Inet4Address;
    }

    boolean isPrivate() {
        return PRIVATE.stream().flatMap(text -> parse(text).stream())
                .anyMatch(range -> range.contains(this));
    }

    /// Whether all of `other` lies in this range.
    public boolean contains(Cidr other) {
        return isIpv4() == other.isIpv4() && length <= other.length
                && number().shiftRight(bits() - length)
                        .equals(other.number().shiftRight(bits() - length));
    }

    public boolean overlaps(Cidr other) {
        return contains(other) || other.contains(this);
    }

    /// The range of one address; empty when `text` is none.
    public static Optional<Cidr> address(String text) {
        return parse(text + "/32").filter(Cidr::isIpv4).or(() -> parse(text + "/128"));
    }

    /// How many addresses it has.
    public BigInteger size() {
        return BigInteger.ONE.shiftLeft(bits() - length);
    }

    /// Its address number `index`, counted from 0.
    public String at(BigInteger index) {
        var bytes = new byte[bits() / 8];
        var number = number().add(index).toByteArray();
        int length = Math.min(number.length, bytes.length);
        System.arraycopy(number, number.length - length, bytes, bytes.length - length, length);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException wrongLength) {
            throw new IllegalStateException(wrongLength);
        }
    }

    private int bits() {
        return isIpv4() ? 32 : 128;
    }

    private boolean isAligned() {
        return number().getLowestSetBit() < 0 || number().getLowestSetBit() >= bits() - length;
    }

    private BigInteger number() {
        return new BigInteger(1, base.getAddress());
    }

    /// As PostgreSQL prints it too.
    @Override
    public String toString() {
        return base.getHostAddress() + "/" + length;
    }
}
