package orrery.server.compute.storage;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;

/// What a PersistentVolumeClaim says about itself.
///
/// @param asked bytes that it asks for
/// @param has bytes that stand behind it
record Claim(Verdict verdict, BigDecimal asked, BigDecimal has) {
    private static final BigDecimal GB = BigDecimal.valueOf(1L << 30);

    enum Verdict {
        /// Storage stands behind it.
        BOUND,
        /// It waits for storage, or for its first user.
        PENDING,
        /// What stood behind it is gone.
        LOST,
        /// It is being deleted.
        LEAVING
    }

    static Claim of(JsonNode claim) {
        return new Claim(verdict(claim), bytes(claim.at("/spec/resources/requests/storage")),
                bytes(claim.at("/status/capacity/storage")));
    }

    private static Verdict verdict(JsonNode claim) {
        if (claim.path("metadata").has("deletionTimestamp")) {
            return Verdict.LEAVING;
        }
        return switch (claim.at("/status/phase").asText()) {
            case "Bound" -> Verdict.BOUND;
            case "Lost" -> Verdict.LOST;
            default -> Verdict.PENDING;
        };
    }

    private static BigDecimal bytes(JsonNode quantity) {
        return Quantity.getAmountInBytes(Quantity.parse(quantity.asText("0")));
    }

    boolean asksFor(int gb) {
        return asked.compareTo(GB.multiply(BigDecimal.valueOf(gb))) >= 0;
    }

    boolean has(int gb) {
        return has.compareTo(GB.multiply(BigDecimal.valueOf(gb))) >= 0;
    }
}
