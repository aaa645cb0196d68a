/// Plays Metal3's baremetal-operator: BareMetalHosts without machines.
package orrery.sim.metal3;
