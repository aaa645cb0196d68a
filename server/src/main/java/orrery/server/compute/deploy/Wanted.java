package orrery.server.compute.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// What a run brings a deploy to.
///
/// @param deploy its identifier
/// @param stack identifier of the stack
record Wanted(String deploy, String stack, ObjectNode parameters, int replicas) {
    static Wanted of(Deploy deploy) {
        return new Wanted(
                deploy.id(), deploy.stackId(), deploy.parameters(), deploy.replicas());
    }
}
