/// The objects of all simulated clusters, and the one way to read, change and follow them.
///
/// ```
///   HTTP (orrery.sim.api)  ─┐                     ┌─ Feed ─► watches (one Follower each)
///   operators              ─┴─► Cluster ─► Journal┤
///                               (memory)   (disk) └─ RegionListener ─► operators
/// ```
///
/// - A [orrery.sim.store.Region] holds many [orrery.sim.store.Cluster]s. A type of object is named
///   by its key, `plural.group` (`pods`, `deployments.apps`): one name for all its versions.
/// - An [orrery.sim.store.Item] is one version of one object. Its `tree()` is shared and must not
///   be changed; `copy()` is the reader's own.
/// - Operators write with `create`, `change` (read, edit and write in one step), `update` (409
///   when the resourceVersion has passed) and `delete`, through the same defaults, validation and
///   versioning as HTTP. `Write.by("kubelet").onStatus()` writes the status subresource.
/// - Operators follow everything by `Region.listen`: each [orrery.sim.store.Change] carries the
///   object before and after, in order of version within a cluster, after it is on disk. A
///   listener only notes what to look at; it must not write or wait on that thread.
/// - Memory is the authority while a cluster is used; the disk follows by group commit. A request
///   is answered when its write is `flushed()`; operators need not wait.
/// - Clusters that nobody uses are on disk alone ([orrery.sim.store.Loaded]) and are read again on
///   first use ([orrery.sim.store.Shelf]). A Cluster itself stays, so it may be kept and compared;
///   an Item read again is another one.
package orrery.sim.store;
