package orrery.sim.contract;

import java.nio.file.Path;

/// An API server that whoever runs the contract offers, found by [java.util.ServiceLoader].
public interface Given {
    /// The administrator's kubeconfig of a server that answers.
    Path kubeconfig();
}
