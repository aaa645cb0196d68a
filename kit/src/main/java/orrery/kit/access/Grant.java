package orrery.kit.access;

import org.jspecify.annotations.Nullable;

/// Proof that this caller may do this here. Only [Access] makes one; transactions, services and
/// tables ask for one, so a forgotten check does not compile.
public final class Grant {
    private final Call call;
    private final Permission permission;
    private final Scope scope;

    Grant(Call call, Permission permission, Scope scope) {
        this.call = call;
        this.permission = permission;
        this.scope = scope;
    }

    public Call call() {
        return call;
    }

    public Principal principal() {
        return call.principal();
    }

    public Permission permission() {
        return permission;
    }

    /// The place that the check was made for. Queries are bound to it.
    public Scope scope() {
        return scope;
    }

    /// The same grant for a request that carries an Idempotency-Key.
    ///
    /// @param key see [Call#once]
    public Grant once(String key) {
        return new Grant(new Call(call.principal(), call.requestId(), call.home(),
                call.address(), call.deadline(), key), permission, scope);
    }

    /// What a run keeps of it, to go on later with the right it was accepted with.
    public Stored stored() {
        return new Stored(call.principal(), call.requestId(), call.home(), permission, scope);
    }

    /// A grant as a run row keeps it (JSON).
    public record Stored(
            Principal principal,
            String requestId,
            @Nullable Scope home,
            Permission permission,
            Scope scope) {}

    @Override
    public String toString() {
        return call.principal().id() + " may " + permission.name() + " in " + scope;
    }
}
