/// What runs inside a simulated pod: sandboxed processes, their root file systems, volumes and
/// logs. Nothing here knows the Kubernetes API; `orrery.sim.kubelet` brings the two together.
package orrery.sim.container;
