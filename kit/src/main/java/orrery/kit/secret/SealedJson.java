package orrery.kit.secret;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import orrery.kit.db.Json;
import org.jspecify.annotations.Nullable;

/// Writes values in two parts: JSON without secrets, and the secrets of all their [Secret] fields,
/// sealed together. When the sealed part is erased, the rest stays readable for people.
public final class SealedJson {
    private final ObjectMapper mapper = Json.mapper();
    private final Sealing sealing;

    public SealedJson(Sealing sealing) {
        this.sealing = sealing;
    }

    /// @param sealed null when the value has no secrets
    public record Parts(String json, byte @Nullable [] sealed) {}

    /// @param place what the sealed part is bound to: [SealedColumn#at]
    public Parts write(Object value, String place) {
        var vault = new SecretJson.Vault(new ArrayList<>());
        try {
            var json = mapper.writer().withAttribute(SecretJson.Vault.class, vault)
                    .writeValueAsString(value);
            return new Parts(json, vault.texts().isEmpty()
                    ? null : sealing.seal(Json.write(vault.texts()), place));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON for " + value.getClass().getName(), e);
        }
    }

    /// The same sealed part, bound to another place.
    public byte[] move(byte[] sealed, String from, String to) {
        return sealing.seal(sealing.open(sealed, from), to);
    }

    /// @throws IllegalStateException when it is no `type`, or its secrets were erased
    public <T> T read(String json, byte @Nullable [] sealed, Class<T> type, String place) {
        var texts = sealed == null ? List.<String>of()
                : List.of(Json.read(sealing.open(sealed, place), String[].class));
        try {
            return mapper.readerFor(type)
                    .withAttribute(SecretJson.Vault.class, new SecretJson.Vault(texts))
                    .readValue(json);
        } catch (JsonProcessingException e) {
            // The message may hold the text.
            throw new IllegalStateException("what is stored is no " + type.getName()
                    + ", or its secrets were erased");
        }
    }
}
