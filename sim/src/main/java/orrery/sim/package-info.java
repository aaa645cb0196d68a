/// The simulated region: one process that speaks the Kubernetes protocol for any number of
/// small clusters.
///
/// - `orrery.sim.type`: what kinds of objects there are, their schemas, JSON and refusals.
/// - `orrery.sim.store`: the objects, their versions, and who follows them.
/// - `orrery.sim.api`: the protocol over HTTPS.
package orrery.sim;
