package orrery.sim.rbac;

/// What is asked: a verb on a resource, or on a path that is none.
///
/// @param resource the plural, with `/subresource` when there is one; empty for a path
/// @param name empty for collections
public record Attributes(
        String verb, String group, String resource, String namespace, String name, String path) {

    public static Attributes of(
            String verb, String group, String resource, String namespace, String name) {
        return new Attributes(verb, group, resource, namespace, name, "");
    }

    public static Attributes path(String verb, String path) {
        return new Attributes(verb, "", "", "", "", path);
    }
}
