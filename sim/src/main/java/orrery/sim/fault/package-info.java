/// Faults on demand: what goes wrong in simulated objects, nodes and API servers, and the phases
/// that it goes wrong in.
package orrery.sim.fault;
