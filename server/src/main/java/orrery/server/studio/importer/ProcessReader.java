package orrery.server.studio.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the processes of a service are given and allowed.
final class ProcessReader {
    private ProcessReader() {}

    static ComposeService.Process read(Place service) {
        return new ComposeService.Process(
                text(service, "user"),
                service.get("group_add").texts(),
                text(service, "working_dir"),
                text(service, "hostname"),
                text(service, "domainname"),
                text(service, "container_name"),
                service.get("tty").flag(false),
                service.get("stdin_open").flag(false),
                service.get("read_only").flag(false),
                service.get("privileged").flag(false),
                service.get("cap_add").texts(),
                service.get("cap_drop").texts(),
                service.get("sysctls").pairs(),
                service.get("security_opt").texts(),
                ServiceReader.duration(service.get("stop_grace_period")),
                hosts(service.get("extra_hosts")),
                service.get("dns").texts(),
                service.get("dns_search").texts(),
                service.get("dns_opt").texts(),
                text(service, "network_mode"),
                service.get("pid").text("").equals("host"),
                service.get("ipc").text("").equals("host"),
                text(service, "pull_policy"),
                text(service, "platform"),
                ServiceReader.known(service.get("annotations").pairs()));
    }

    private static @Nullable String text(Place service, String key) {
        String text = service.get(key).text("").strip();
        return text.isEmpty() ? null : text;
    }

    /// As `name=address`, from `name:address`, `name=address` or a mapping.
    private static List<String> hosts(Place place) {
        List<String> hosts = new ArrayList<>();
        if (place.isMap()) {
            place.entries().forEach((name, entry) -> entry.texts()
                    .forEach(address -> hosts.add(name + "=" + address)));
            return hosts;
        }
        for (Place item : place.items()) {
            String text = item.text();
            int split = text.indexOf('=') >= 0 ? text.indexOf('=') : text.indexOf(':');
            if (split <= 0) {
                item.wrong("is '%s'; write name=address".formatted(Spelling.brief(text)));
            } else {
                hosts.add(text.substring(0, split) + "=" + text.substring(split + 1)
                        .replaceAll("^\\[|\\]$", ""));
            }
        }
        return hosts;
    }
}
