/// The simulated region: one process that speaks the Kubernetes protocol for any number of
/// small clusters.
///
/// - `orrery.sim.type`: what kinds of objects there are, their schemas, JSON and refusals.
/// - `orrery.sim.store`: the objects, their versions, and who follows them.
/// - `orrery.sim.kind`: what built-in types do that no schema says, and what CRDs make.
/// - `orrery.sim.patch`: patches, server-side apply and the owners of fields.
/// - `orrery.sim.identity`, `orrery.sim.rbac`: keys, tokens, kubeconfigs, and who may do what.
/// - `orrery.sim.api`: the protocol over HTTPS.
/// - `orrery.sim.operator`, `orrery.sim.kubelet`, `orrery.sim.container`: what stands behind it.
/// - `orrery.sim.kcm`: KCM on the management cluster, which makes clusters of this region.
package orrery.sim;
