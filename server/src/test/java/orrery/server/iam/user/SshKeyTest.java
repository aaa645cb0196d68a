package orrery.server.iam.user;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/// Which lines are public keys.
class SshKeyTest {
    /// Made by `ssh-keygen -t ed25519`; the fingerprint is what `ssh-keygen -l` said.
    private static final String REAL = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGM2Y/cZcKSmzS2c"
            + "0qq8CsmR6ie2Q7OUVFJa10nl2w8u ann at home";
    private static final String FINGERPRINT = "SHA256:mbED0CcHVR0kFRAYP53xVif17BclU5Si124dV2CWII0";

    @Test
    void readsWhatSshKeygenWrites() {
        var key = SshKey.read(REAL).orElseThrow();
        assertThat(key.line()).isEqualTo(REAL);
        assertThat(key.fingerprint()).isEqualTo(FINGERPRINT);
        assertThat(key.comment()).isEqualTo("ann at home");
        assertThat(SshKey.read(REAL.replace(" ann at home", ""))).isPresent();
    }

    @Test
    void takesEachTypeThatIsNotBroken() {
        assertThat(SshKey.read(line("ssh-rsa", new byte[3], bytes(256)))).isPresent();
        assertThat(SshKey.read(line("ecdsa-sha2-nistp256", new byte[8], bytes(65)))).isPresent();
        assertThat(SshKey.read(line("ecdsa-sha2-nistp521", new byte[8], bytes(133)))).isPresent();
        assertThat(SshKey.read(line("sk-ssh-ed25519@openssh.com", bytes(32), new byte[4])))
                .isPresent();
        refused(line("ssh-dss", bytes(20), bytes(20)));
        refused(line("ssh-rsa", new byte[3], bytes(128)));
        refused(line("ecdsa-sha2-nistp256", new byte[8], bytes(97)));
    }

    /// An option before a key is a command that its bearer runs, or a way around a limit.
    @Test
    void takesNoOptions() {
        refused("command=\"sh\" " + REAL);
        refused("no-pty," + REAL);
    }

    @Test
    void takesNothingElse() {
        for (var line : new String[] {"", " ", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 ====",
            "ssh-ed25519 AAAA", "ssh-ed25519 //////////8=", REAL + "\n" + REAL, REAL + "\u0000",
            REAL.replace("ssh-ed25519", "ssh-rsa"), REAL + "x".repeat(5_000),
            "-----BEGIN OPENSSH PRIVATE KEY-----", line("ssh-ed25519", bytes(32), bytes(1)),
            line("ssh-ed25519", bytes(31))}) {
            refused(line);
        }
    }

    private static void refused(String line) {
        assertThat(SshKey.read(line)).as(line).isEmpty();
    }

    private static byte[] bytes(int length) {
        var bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0x81);
        return bytes;
    }

    private static String line(String type, byte[]... parts) {
        var out = new ByteArrayOutputStream();
        put(out, type.getBytes(StandardCharsets.UTF_8));
        for (var part : parts) {
            put(out, part);
        }
        return type + " " + Base64.getEncoder().encodeToString(out.toByteArray());
    }

    private static void put(ByteArrayOutputStream out, byte[] part) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
        out.writeBytes(part);
    }
}
