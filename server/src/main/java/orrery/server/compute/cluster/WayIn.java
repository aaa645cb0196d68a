package orrery.server.compute.cluster;

import orrery.kit.secret.Secret;
import org.jspecify.annotations.Nullable;

/// How a cluster's API server is reached.
///
/// @param ca PEM; `null` for the system's
/// @param kubeconfig of its administrator
record WayIn(String endpoint, @Nullable String ca, Secret kubeconfig) {}
