package orrery.server.auth.factor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import orrery.kit.http.Json;
import orrery.server.auth.token.RandomSecrets;

/// A device that holds one passkey: ES256, attestation `none`, discoverable, as a browser hands its
/// answers on (WebAuthn Level 2, 6 and 7).
public final class SoftKey {
    private static final byte USER_PRESENT = 0x01;
    private static final byte USER_VERIFIED = 0x04;
    private static final byte KEY_INCLUDED = 0x40;

    private final KeyPair keys;
    private final byte[] id;
    private String handle = "";
    private String host = "";
    private int count;
    private byte shown = USER_PRESENT | USER_VERIFIED;

    public SoftKey() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        id = Arrays.copyOf(RandomSecrets.hash(keys.getPublic().toString()), 16);
    }

    /// From now on nobody unlocks it.
    public void leaveLocked() {
        shown = USER_PRESENT;
    }

    /// A copy of it whose counter stands where it stood.
    public void countBack(int by) {
        count -= by;
    }

    /// Answers `navigator.credentials.create`.
    public ObjectNode create(JsonNode options, String origin) {
        var asked = options.path("publicKey");
        handle = asked.at("/user/id").asText();
        host = asked.at("/rp/id").asText();
        var attestation = new ByteArrayOutputStream();
        attestation.writeBytes(new byte[] {(byte) 0xA3, 0x63, 'f', 'm', 't', 0x64, 'n', 'o', 'n',
            'e', 0x67, 'a', 't', 't', 'S', 't', 'm', 't', (byte) 0xA0, 0x68, 'a', 'u', 't', 'h',
            'D', 'a', 't', 'a', 0x59});
        var data = data((byte) (shown | KEY_INCLUDED), true);
        attestation.writeBytes(ByteBuffer.allocate(2).putShort((short) data.length).array());
        attestation.writeBytes(data);
        return answer(Map.of(
                "clientDataJSON", client("webauthn.create", asked, origin),
                "attestationObject", text(attestation.toByteArray())));
    }

    /// Answers `navigator.credentials.get`.
    public ObjectNode get(JsonNode options, String origin) {
        var client = client("webauthn.get", options.path("publicKey"), origin);
        count++;
        var data = data(shown, false);
        try {
            var signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(keys.getPrivate());
            signer.update(data);
            signer.update(RandomSecrets.hash(new String(
                    Base64.getUrlDecoder().decode(client), StandardCharsets.UTF_8)));
            return answer(Map.of("clientDataJSON", client, "authenticatorData", text(data),
                    "signature", text(signer.sign()), "userHandle", handle));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectNode answer(Map<String, String> response) {
        return Json.shared().valueToTree(Map.of("id", text(id), "rawId", text(id),
                "type", "public-key", "response", response,
                "clientExtensionResults", Map.of()));
    }

    private static String client(String type, JsonNode asked, String origin) {
        return text(Json.text(Map.of("type", type, "challenge",
                asked.path("challenge").asText(), "origin", origin))
                .getBytes(StandardCharsets.UTF_8));
    }

    private byte[] data(byte flags, boolean withKey) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(RandomSecrets.hash(host));
        out.write(flags);
        out.writeBytes(ByteBuffer.allocate(4).putInt(count).array());
        if (withKey) {
            out.writeBytes(new byte[16]);
            out.writeBytes(ByteBuffer.allocate(2).putShort((short) id.length).array());
            out.writeBytes(id);
            // COSE: EC2, ES256, P-256, x and y.
            var point = ((ECPublicKey) keys.getPublic()).getW();
            out.writeBytes(new byte[] {(byte) 0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32});
            out.writeBytes(fixed(point.getAffineX().toByteArray()));
            out.writeBytes(new byte[] {0x22, 0x58, 32});
            out.writeBytes(fixed(point.getAffineY().toByteArray()));
        }
        return out.toByteArray();
    }

    private static byte[] fixed(byte[] number) {
        var out = new byte[32];
        int length = Math.min(number.length, 32);
        System.arraycopy(number, number.length - length, out, 32 - length, length);
        return out;
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
