package orrery.server.platform.catalogue;

/// Whether something of the catalogue may be chosen.
public enum OfferState {
    ACTIVE,
    /// What uses it keeps it; nobody gets more.
    DISABLED
}
