package orrery.kit.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// Which part of the world an address lies in (RFC 6890 and the clouds' metadata services).
enum Reach {
    /// Anyone's: it may be dialled.
    PUBLIC,
    /// Somebody's own network (RFC 1918, 4193, 6598): dialled only where the operator allows it.
    PRIVATE,
    /// This machine, its link, a cloud's metadata service, or no single machine: never dialled.
    FORBIDDEN;

    /// Metadata services outside the link-local range: AWS over IPv6, Alibaba, Azure, Oracle.
    private static final String[] METADATA = {
        "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"
    };

    private static final Block[] FORBIDDEN_BLOCKS = {
        Block.of("0.0.0.0", 8), Block.of("127.0.0.0", 8), Block.of("169.254.0.0", 16),
        Block.of("192.0.0.0", 24), Block.of("224.0.0.0", 3),
        Block.of("::", 127), Block.of("fe80::", 10), Block.of("ff00::", 8),
        Block.of(METADATA[0], 128), Block.of(METADATA[1], 32), Block.of(METADATA[2], 32)
    };

    private static final Block[] PRIVATE_BLOCKS = {
        Block.of("10.0.0.0", 8), Block.of("172.16.0.0", 12), Block.of("192.168.0.0", 16),
        Block.of("100.64.0.0", 10), Block.of("198.18.0.0", 15),
        Block.of("fc00::", 7), Block.of("fec0::", 10)
    };

    /// IPv6 ranges that carry an IPv4 address: NAT64 (RFC 6052), 6to4 (RFC 3056).
    private static final Block NAT64 = Block.of("64:ff9b::", 96);
    private static final Block SIX_TO_FOUR = Block.of("2002::", 16);

    static Reach of(InetAddress address) {
        if (address instanceof Inet6Address) {
            var bytes = address.getAddress();
            if (NAT64.contains(address)) {
                return of(ipv4(bytes, 12));
            }
            if (SIX_TO_FOUR.contains(address)) {
                return of(ipv4(bytes, 2));
            }
        }
        if (Arrays.stream(FORBIDDEN_BLOCKS).anyMatch(block -> block.contains(address))) {
            return FORBIDDEN;
        }
        return Arrays.stream(PRIVATE_BLOCKS).anyMatch(block -> block.contains(address))
                ? PRIVATE : PUBLIC;
    }

    private static InetAddress ipv4(byte[] bytes, int from) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// A range of addresses with a common prefix.
    private record Block(InetAddress base, int length) {
        static Block of(String base, int length) {
            return new Block(InetAddress.ofLiteral(base), length);
        }

        boolean contains(InetAddress address) {
            byte[] mine = base.getAddress();
            byte[] other = address.getAddress();
            if (mine.length != other.length) {
                return false;
            }
            for (int bit = 0; bit < length; bit++) {
                int mask = 0x80 >> (bit & 7);
                if ((mine[bit >> 3] & mask) != (other[bit >> 3] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}
