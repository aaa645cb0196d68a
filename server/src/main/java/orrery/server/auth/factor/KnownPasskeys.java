package orrery.server.auth.factor;

import com.yubico.webauthn.CredentialRepository;
import com.yubico.webauthn.RegisteredCredential;
import com.yubico.webauthn.data.ByteArray;
import com.yubico.webauthn.data.PublicKeyCredentialDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import orrery.kit.db.Tx;

/// Our passkeys as the library asks for them, within one transaction. What it calls a username is a
/// person's identifier here, and the user handle is the same in bytes: random, so that an
/// authenticator learns nothing by it.
final class KnownPasskeys implements CredentialRepository {
    private final PasskeyTable table = new PasskeyTable();
    private final Tx tx;

    KnownPasskeys(Tx tx) {
        this.tx = tx;
    }

    static ByteArray handle(String user) {
        return new ByteArray(user.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Set<PublicKeyCredentialDescriptor> getCredentialIdsForUsername(String user) {
        return table.of(tx, user).stream().map(row -> PublicKeyCredentialDescriptor.builder()
                .id(new ByteArray(row.credentialId())).build()).collect(Collectors.toSet());
    }

    @Override
    public Optional<ByteArray> getUserHandleForUsername(String user) {
        return Optional.of(handle(user));
    }

    @Override
    public Optional<String> getUsernameForUserHandle(ByteArray handle) {
        return Optional.of(new String(handle.getBytes(), StandardCharsets.UTF_8));
    }

    @Override
    public Optional<RegisteredCredential> lookup(ByteArray credential, ByteArray handle) {
        return table.byCredential(tx, credential.getBytes())
                .filter(row -> handle(row.userId()).equals(handle))
                .map(KnownPasskeys::registered);
    }

    @Override
    public Set<RegisteredCredential> lookupAll(ByteArray credential) {
        return table.byCredential(tx, credential.getBytes()).stream()
                .map(KnownPasskeys::registered).collect(Collectors.toSet());
    }

    private static RegisteredCredential registered(PasskeyTable.Row row) {
        return RegisteredCredential.builder()
                .credentialId(new ByteArray(row.credentialId()))
                .userHandle(handle(row.userId()))
                .publicKeyCose(new ByteArray(row.publicKey()))
                .signatureCount(row.signatures())
                .build();
    }
}
