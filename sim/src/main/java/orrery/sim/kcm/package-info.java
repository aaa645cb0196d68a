/// Plays KCM (k0rdent cluster manager) on the management cluster: ClusterDeployments become
/// simulated clusters of this region.
package orrery.sim.kcm;
