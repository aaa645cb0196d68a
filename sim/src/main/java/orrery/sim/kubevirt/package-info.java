/// Plays KubeVirt: virtual machines without a hypervisor, each a pod that stands for it.
package orrery.sim.kubevirt;
