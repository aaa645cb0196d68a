package orrery.server.compute.kubeconfig;

import java.time.Instant;
import orrery.kit.secret.Secret;

/// What the cluster gave.
///
/// @param content a kubeconfig file
/// @param expires as the cluster decided
record Issued(Secret content, Instant expires) {}
