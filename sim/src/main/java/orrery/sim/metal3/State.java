package orrery.sim.metal3;

import java.util.Arrays;
import orrery.sim.store.Item;

/// Where a host is in its provisioning (`status.provisioning.state`).
///
/// NONE → REGISTERING → INSPECTING → PREPARING → AVAILABLE → PROVISIONING → PROVISIONED →
/// DEPROVISIONING → AVAILABLE; a host that somebody else installed goes from REGISTERING to
/// EXTERNALLY_PROVISIONED; one without a BMC is UNMANAGED.
enum State {
    NONE("", "", ""),
    UNMANAGED("unmanaged", "", ""),
    REGISTERING("registering", "register", "registration error"),
    INSPECTING("inspecting", "inspect", "inspection error"),
    PREPARING("preparing", "", "preparation error"),
    AVAILABLE("available", "", "power management error"),
    PROVISIONING("provisioning", "provision", "provisioning error"),
    PROVISIONED("provisioned", "", "power management error"),
    EXTERNALLY_PROVISIONED("externally provisioned", "", "power management error"),
    DEPROVISIONING("deprovisioning", "deprovision", "provisioning error"),
    POWERING_OFF("powering off before delete", "", "power management error"),
    DELETING("deleting", "", "");

    /// As the status says it.
    final String text;

    /// Its entry in `status.operationHistory`; empty without one.
    final String operation;

    /// `status.errorType` of what fails here.
    final String error;

    State(String text, String operation, String error) {
        this.text = text;
        this.operation = operation;
        this.error = error;
    }

    static State of(Item host) {
        var text = host.tree().path("status").path("provisioning").path("state").asText();
        return Arrays.stream(values()).filter(one -> one.text.equals(text)).findFirst()
                .orElse(NONE);
    }

    /// The phase that passes in it, as timing and faults name it.
    String phase() {
        return switch (this) {
            case REGISTERING, INSPECTING, PREPARING, PROVISIONING, DEPROVISIONING -> text;
            case AVAILABLE, PROVISIONED, EXTERNALLY_PROVISIONED, POWERING_OFF -> "power";
            case NONE, UNMANAGED, DELETING -> "";
        };
    }
}
