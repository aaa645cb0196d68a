package orrery.sim.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The seccomp filter of a sandbox, as the kernel's classic BPF program (`struct sock_filter[]`).
///
/// It refuses what a container has no business with: new namespaces and mounts, kernel modules and
/// keys, tracing, BPF, io_uring, the clock, and typing into a terminal (`TIOCSTI`). The rest is
/// allowed: namespaces, the missing capabilities and the rlimits are the fence, this makes the
/// kernel's own surface smaller.
final class Seccomp {
    private static final int LOAD = 0x20;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_AT_LEAST = 0x35;
    private static final int JUMP_ANY_BIT = 0x45;
    private static final int RETURN = 0x06;

    private static final int ALLOW = 0x7fff0000;
    private static final int KILL_PROCESS = 0x80000000;
    private static final int REFUSE = 0x00050001; // EPERM
    private static final int ABSENT = 0x00050026; // ENOSYS: the C library then uses clone

    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;
    private static final int FIRST_ARGUMENT = 16;
    private static final int SECOND_ARGUMENT = 24;

    private static final int NEW_NAMESPACES = 0x7e020000 | 0x80;
    private static final int X32 = 0x40000000;
    private static final int TIOCSTI = 0x5412;
    private static final int TIOCLINUX = 0x541c;

    /// System calls that have the same number everywhere: io_uring, the new mount calls, pidfd.
    private static final List<Integer> REFUSED_EVERYWHERE =
            List.of(425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442);

    private static final int CLONE3 = 435;

    /// @param refused the numbers of, in the kernel's order: ptrace, keys, mount, umount,
    ///        pivot_root, chroot, unshare, setns, bpf, perf_event_open, userfaultfd, kexec,
    ///        modules, file handles, process_vm, kcmp, swap, reboot, acct, quotactl, clocks,
    ///        personality, syslog, vhangup, move_pages
    private record Machine(int audit, int cloning, int ioctl, List<Integer> refused) {}

    private static final Machine X86_64 = new Machine(0xC000003E, 56, 16, List.of(
            101, 248, 249, 250, 165, 166, 155, 161, 272, 308, 321, 298, 323, 246, 320, 175, 313,
            176, 303, 304, 310, 311, 312, 167, 168, 169, 163, 179, 164, 227, 159, 305, 135, 103,
            153, 279, 172, 173, 154, 134, 139, 180, 212));

    private static final Machine AARCH64 = new Machine(0xC00000B7, 220, 29, List.of(
            117, 217, 218, 219, 40, 39, 41, 51, 97, 268, 280, 241, 282, 104, 294, 105, 273, 106,
            264, 265, 270, 271, 272, 224, 225, 142, 89, 60, 170, 112, 171, 266, 92, 116, 58, 239,
            18, 42));

    private Seccomp() {}

    /// The program for a processor as the JVM names it (`os.arch`); empty where none is written.
    static Optional<byte[]> program(String architecture) {
        return switch (architecture) {
            case "amd64" -> Optional.of(assemble(X86_64));
            case "aarch64" -> Optional.of(assemble(AARCH64));
            default -> Optional.empty();
        };
    }

    private static byte[] assemble(Machine machine) {
        var code = new ArrayList<long[]>();
        add(code, LOAD, 0, 0, ARCHITECTURE);
        add(code, JUMP_EQUAL, 1, 0, machine.audit());
        add(code, RETURN, 0, 0, KILL_PROCESS);
        add(code, LOAD, 0, 0, NUMBER);
        add(code, JUMP_AT_LEAST, 0, 1, X32);
        add(code, RETURN, 0, 0, REFUSE);
        add(code, JUMP_EQUAL, 0, 1, CLONE3);
        add(code, RETURN, 0, 0, ABSENT);
        for (int number : machine.refused()) {
            refuse(code, number);
        }
        for (int number : REFUSED_EVERYWHERE) {
            refuse(code, number);
        }
        add(code, JUMP_EQUAL, 0, 4, machine.cloning());
        add(code, LOAD, 0, 0, FIRST_ARGUMENT);
        add(code, JUMP_ANY_BIT, 0, 1, NEW_NAMESPACES);
        add(code, RETURN, 0, 0, REFUSE);
        add(code, RETURN, 0, 0, ALLOW);
        add(code, JUMP_EQUAL, 0, 4, machine.ioctl());
        add(code, LOAD, 0, 0, SECOND_ARGUMENT);
        add(code, JUMP_EQUAL, 1, 0, TIOCSTI);
        add(code, JUMP_EQUAL, 0, 1, TIOCLINUX);
        add(code, RETURN, 0, 0, REFUSE);
        add(code, RETURN, 0, 0, ALLOW);
        return encode(code);
    }

    private static void refuse(List<long[]> code, int number) {
        add(code, JUMP_EQUAL, 0, 1, number);
        add(code, RETURN, 0, 0, REFUSE);
    }

    private static void add(List<long[]> code, int operation, int yes, int no, int value) {
        code.add(new long[] {operation, yes, no, value});
    }

    private static byte[] encode(List<long[]> code) {
        var bytes = ByteBuffer.allocate(code.size() * 8).order(ByteOrder.nativeOrder());
        for (long[] line : code) {
            bytes.putShort((short) line[0]).put((byte) line[1]).put((byte) line[2]);
            bytes.putInt((int) line[3]);
        }
        return bytes.array();
    }
}
