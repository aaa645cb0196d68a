package orrery.server;

import jakarta.enterprise.inject.Instance;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;

/// Beans as constructors take them that ask for all of a type, without a container.
public final class Beans {
    private Beans() {}

    @SuppressWarnings("unchecked")
    public static <T> Instance<T> of(List<? extends T> all) {
        return (Instance<T>) Proxy.newProxyInstance(
                Beans.class.getClassLoader(), new Class<?>[] {Instance.class},
                (self, method, given) -> method.getName().equals("iterator")
                        ? all.iterator()
                        : InvocationHandler.invokeDefault(self, method, given));
    }
}
