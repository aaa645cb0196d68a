/// What every part of a control plane needs: how a use case refuses, how mistakes are collected,
/// how identifiers look.
@NullMarked
package orrery.kit;

import org.jspecify.annotations.NullMarked;
