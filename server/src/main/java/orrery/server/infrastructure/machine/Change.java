package orrery.server.infrastructure.machine;

import java.util.Locale;
import orrery.server.infrastructure.machine.Machine.State;
import orrery.server.infrastructure.machine.Machine.Wanted;

/// What can be done with a server, and when: its state machine.
public enum Change {
    REGISTER, PROVISION, INSPECT, DEPROVISION, POWER_ON, POWER_OFF, POWER_CYCLE, RESET,
    MAINTENANCE_ON, MAINTENANCE_OFF, CONNECT, RETRY;

    /// Whether it may be asked for in a state.
    boolean isLegal(State from) {
        return switch (this) {
            case REGISTER -> from == State.REGISTERING;
            case PROVISION -> from == State.REGISTERED || from == State.AVAILABLE
                    || from == State.ALLOCATED;
            case INSPECT -> from == State.REGISTERED || from == State.AVAILABLE;
            case DEPROVISION -> from == State.READY;
            case POWER_ON, POWER_OFF, POWER_CYCLE, RESET -> from == State.AVAILABLE
                    || from == State.ALLOCATED || from == State.READY;
            case MAINTENANCE_ON -> from == State.AVAILABLE || from == State.READY;
            case MAINTENANCE_OFF -> from == State.MAINTENANCE;
            case CONNECT -> from.isSettled();
            case RETRY -> from == State.FAILED;
        };
    }

    /// Whether its run may begin. A run may be repeated after it failed: from where the server
    /// would be had it not.
    boolean mayBegin(Machine machine) {
        var state = machine.state();
        if (state == State.FAILED) {
            return this == RETRY || (this == REGISTER
                    ? machine.hardware() == null : isLegal(machine.resting()));
        }
        return isLegal(state) || isPassing() && state == meanwhile(state);
    }

    /// The state while it is under way.
    State meanwhile(State from) {
        return switch (this) {
            case REGISTER -> State.REGISTERING;
            case PROVISION -> State.PROVISIONING;
            case INSPECT -> State.INSPECTING;
            case DEPROVISION -> State.DEPROVISIONING;
            case POWER_ON, POWER_OFF, POWER_CYCLE, RESET, MAINTENANCE_ON, MAINTENANCE_OFF,
                    CONNECT, RETRY -> from;
        };
    }

    private boolean isPassing() {
        return meanwhile(State.FAILED) != State.FAILED;
    }

    /// What the host shall be like afterwards. What is installed is [ProvisionMachine]'s.
    Wanted of(Wanted now) {
        return switch (this) {
            case REGISTER, DEPROVISION -> Wanted.EMPTY;
            case POWER_ON -> now.power(true);
            case POWER_OFF -> now.power(false);
            case MAINTENANCE_ON -> now.maintained(true);
            case MAINTENANCE_OFF -> now.maintained(false);
            case PROVISION, INSPECT, POWER_CYCLE, RESET, CONNECT, RETRY -> now;
        };
    }

    /// `power-on`.
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
