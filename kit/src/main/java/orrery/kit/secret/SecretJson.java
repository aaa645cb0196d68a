package orrery.kit.secret;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.List;

/// How a [Secret] passes through Jackson: read from any text, written by [SealedJson] only, and
/// even there only as a number that points into the sealed part.
final class SecretJson {
    private static final String POINTER = "$secret";

    private SecretJson() {}

    /// The sealed part while a value is written or read.
    record Vault(List<String> texts) {}

    static final class Writer extends StdSerializer<Secret> {
        Writer() {
            super(Secret.class);
        }

        @Override
        public void serialize(Secret secret, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            if (!(provider.getAttribute(Vault.class) instanceof Vault vault)) {
                throw new IOException("a secret is never written as JSON");
            }
            json.writeStartObject();
            json.writeNumberField(POINTER, vault.texts().size());
            json.writeEndObject();
            vault.texts().add(secret.reveal());
        }
    }

    static final class Reader extends StdDeserializer<Secret> {
        Reader() {
            super(Secret.class);
        }

        @Override
        public Secret deserialize(JsonParser json, DeserializationContext context)
                throws IOException {
            if (json.currentToken() == JsonToken.VALUE_STRING) {
                return Secret.of(json.getText());
            }
            if (!(context.getAttribute(Vault.class) instanceof Vault vault)) {
                context.reportInputMismatch(Secret.class, "must be text");
                return null;
            }
            int at = context.readTree(json).path(POINTER).asInt(-1);
            if (at < 0 || at >= vault.texts().size()) {
                throw new IOException("the secret was erased");
            }
            return Secret.of(vault.texts().get(at));
        }
    }
}
