/// The rules of CRDs (`x-kubernetes-validations`), written in the Common Expression Language.
/// Nothing of it is loaded before the first CRD with a rule.
package orrery.sim.rule;
