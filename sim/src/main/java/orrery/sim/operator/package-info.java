/// The controllers of a simulated cluster: they follow the store's changes and bring the objects
/// that people write and the objects that follow from them together.
///
/// One engine ({@link orrery.sim.operator.Operators}) runs all operators for all clusters: an
/// idle cluster has no thread, no timer and no memory here.
package orrery.sim.operator;
