package orrery.server.platform.catalogue;

import orrery.server.tenancy.region.Region;

/// A part of a region that fails on its own.
///
/// @param code how paths call it: `eu1-a`
/// @param state its region's
public record Zone(String code, String region, Region.State state) {}
