/// What a namespace may use (ResourceQuota) and what its containers and claims may look like
/// (LimitRange), worked out on objects alone: the store applies it.
package orrery.sim.quota;
