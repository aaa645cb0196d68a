package orrery.server.surface;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import orrery.kit.http.Expandables;
import orrery.kit.http.OpenApi;
import orrery.kit.http.Routes;
import orrery.kit.http.Surface;
import orrery.kit.http.Visibility;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/// The OpenAPI documents of the families, as YAML.
@Singleton
public final class Documents {
    private static final List<Surface> FAMILIES =
            List.of(new Cloud(), new Studio(), new Workspace());

    private final Map<String, Surface> families =
            FAMILIES.stream().collect(Collectors.toMap(Surface::name, f -> f));
    private final Routes routes;
    private final Expandables expandables;

    public Documents(Routes routes, Expandables expandables) {
        this.routes = routes;
        this.expandables = expandables;
    }

    /// @param family `cloud`, `studio` or `workspace`
    /// @param visibility of the cloud family's; the others say all they have to everybody
    public Optional<String> yaml(String family, Visibility visibility) {
        return Optional.ofNullable(families.get(family)).map(surface -> dump(OpenApi.of(
                surface, routes, expandables, "Orrery: " + family, "1",
                surface instanceof Cloud ? visibility : Visibility.INTERNAL)));
    }

    private static String dump(Map<String, Object> document) {
        return new Dump(DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(100)
                .setDereferenceAliases(true)
                .build()).dumpToString(document);
    }
}
