package orrery.server.infrastructure.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import orrery.server.infrastructure.machine.Machine.Wanted;
import org.jspecify.annotations.Nullable;

/// What a BareMetalHost says of itself (`metal3.io/v1alpha1`).
///
/// @param state where Metal3 is with it: `available`
/// @param operational `OK`, `error`, `detached`, …
/// @param errorType `power management error`; empty when there is none
/// @param since when it last said something new; `null` before
/// @param poweredOn whether its power is on now
/// @param online whether its description wants it on
/// @param asked address of the image that its description wants; empty for none
/// @param installed address of the image that is, or is being, installed; empty for none
/// @param triedLogin version of the Secret that Metal3 was let in by last; empty before
/// @param isDetached whether its description wants it left alone
/// @param isLeaving whether somebody deleted it
/// @param isInspecting whether its hardware is still to be looked into
record Host(
        String state,
        String operational,
        String errorType,
        String errorMessage,
        @Nullable Instant since,
        boolean poweredOn,
        String bmcAddress,
        boolean online,
        String asked,
        String installed,
        String triedLogin,
        boolean isDetached,
        boolean isLeaving,
        boolean isInspecting,
        @Nullable Hardware hardware) {

    private static final String DETACHED = "detached";

    static Host of(JsonNode host) {
        var annotations = host.path("metadata").path("annotations");
        var hardware = host.at("/status/hardware");
        return new Host(
                host.at("/status/provisioning/state").asText(),
                host.at("/status/operationalStatus").asText(),
                host.at("/status/errorType").asText(),
                host.at("/status/errorMessage").asText(),
                time(host.at("/status/lastUpdated").asText()),
                host.at("/status/poweredOn").asBoolean(),
                host.at("/spec/bmc/address").asText(),
                host.at("/spec/online").asBoolean(),
                host.at("/spec/image/url").asText(),
                host.at("/status/provisioning/image/url").asText(),
                host.at("/status/goodCredentials/credentialsVersion").asText(),
                annotations.has(BareMetalHosts.DETACHED),
                host.path("metadata").has("deletionTimestamp"),
                annotations.has(BareMetalHosts.INSPECT),
                hardware.isObject() ? Hardware.of(hardware) : null);
    }

    private static @Nullable Instant time(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeParseException notOne) {
            return null;
        }
    }

    /// Whether Metal3 knows it.
    boolean isRegistered() {
        return !state.isEmpty() && !state.equals("registering") && !state.equals("unmanaged");
    }

    boolean isFailed() {
        return operational.equals("error") || !errorType.isEmpty();
    }

    /// Whether Metal3 is done with it and it is as wanted.
    boolean isAs(Wanted wanted) {
        if (!rests(wanted) || isInspecting || isFailed()) {
            return false;
        }
        return wanted.maintenance() ? operational.equals(DETACHED)
                : !operational.equals(DETACHED) && poweredOn == wanted.online();
    }

    /// Whether it has what is wanted installed, and nothing else is going on.
    boolean rests(Wanted wanted) {
        return wanted.image() == null
                ? state.equals("available") && installed.isEmpty()
                : state.equals("provisioned") && installed.equals(wanted.image().url());
    }

    /// What in its description is not as wanted, since somebody changed it: in words.
    List<String> changes(Machine machine, Wanted wanted) {
        var changes = new ArrayList<String>();
        if (!asked.equals(wanted.image() == null ? "" : wanted.image().url())) {
            changes.add("image");
        }
        if (online != wanted.online()) {
            changes.add("online");
        }
        if (isDetached != wanted.maintenance()) {
            changes.add("detached");
        }
        if (!bmcAddress.equals(machine.bmcAddress())) {
            changes.add("bmc.address");
        }
        return changes;
    }

    /// What kind of failure it is, as an error's code.
    String code() {
        boolean isBmc = errorType.contains("registration") || errorType.contains("power");
        return isBmc || errorType.isEmpty() ? "BMC_CONNECTION_FAILED"
                : errorType.replace(" error", "_failed").replace(' ', '_')
                        .toUpperCase(Locale.ROOT);
    }

    /// What it is doing, for people.
    String text() {
        return isFailed() ? (errorType.isEmpty() ? "error" : errorType) + ": " + errorMessage
                : state.isEmpty() ? "waiting for Metal3 to begin" : "the host is " + state;
    }
}
