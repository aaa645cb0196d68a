/// The kubelet of all simulated nodes: it takes pods through their phases, runs what a pod's
/// image stands for, and carries logs, exec, attach and port-forward.
package orrery.sim.kubelet;
