package orrery.server.iam.policy;

import jakarta.enterprise.inject.Instance;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import orrery.kit.Ids;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Address;
import orrery.kit.db.Database;
import orrery.kit.db.Limits;
import orrery.kit.events.Events;
import orrery.kit.events.Signals;
import orrery.kit.http.Paging;
import orrery.kit.secret.Sealing;
import orrery.kit.test.TestDatabase;
import orrery.server.iam.apikey.KeySecrets;
import orrery.server.iam.group.Groups;
import orrery.server.iam.role.Roles;
import orrery.server.iam.serviceaccount.ServiceAccounts;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.organization.Organizations;
import orrery.server.tenancy.project.Projects;

/// The use cases of one server process that give rights and take them away, on a database that
/// others share.
final class RightsServer implements AutoCloseable {
    private final Clock clock = Clock.systemUTC();
    private final Signals signals;
    final Ids ids = new Ids(new SecureRandom());
    final Grant system = TestDatabase.ACCESS.system("test");
    final Database database;
    final Evaluator evaluator;
    final Access access;
    final Policies policies;
    final Users users;
    final Roles roles;
    final Members members;
    final Bindings bindings;
    final Groups groups;
    final ServiceAccounts accounts;
    final Organizations organizations;
    final Projects projects;

    /// @param key the file of the sealing key
    RightsServer(Address address, Path key) {
        database = Database.open(address, Limits.DEFAULT, "server");
        signals = Signals.start(address, database, system);
        var sealing = Sealing.openOrCreate(key);
        var epochs = signals.epochs();
        var events = new Events(database, signals, ids);
        var paging = new Paging(sealing, clock);
        evaluator = new Evaluator(database, epochs, clock);
        access = new Access(evaluator, clock);
        policies = new Policies(epochs, events, ids, clock);
        users = new Users(events, clock);
        roles = new Roles(database, access, epochs, events, ids, clock);
        members = new Members(database, users, roles, policies, access, none(), epochs, events,
                paging, clock);
        bindings = new Bindings(database, roles, members, access, epochs, events, paging, ids,
                clock);
        groups = new Groups(database, policies, access, epochs, events, paging, ids, clock);
        accounts = new ServiceAccounts(database, roles, policies,
                new KeySecrets(database, sealing, new SecureRandom(), access), access, epochs,
                events, paging, ids, clock);
        organizations = new Organizations(database, policies, members, access, none(), epochs,
                events, paging, ids, clock);
        projects = new Projects(database, organizations, policies, epochs, events, paging,
                none(), ids, clock);
    }

    Call call(Principal who) {
        return new Call(who, "req_rights", null, null, clock.instant().plus(Duration.ofMinutes(5)));
    }

    static Principal person(String id) {
        return new Principal(Principal.Kind.USER, id, null, Scope.PLATFORM, null);
    }

    /// Beans of which there are none: nobody here has sessions or keys to end.
    @SuppressWarnings("unchecked")
    private static <T> Instance<T> none() {
        return (Instance<T>) Proxy.newProxyInstance(
                RightsServer.class.getClassLoader(), new Class<?>[] {Instance.class},
                (self, method, given) -> method.getName().equals("iterator")
                        ? List.of().iterator()
                        : InvocationHandler.invokeDefault(self, method, given));
    }

    @Override
    public void close() {
        signals.close();
        database.close();
    }
}
